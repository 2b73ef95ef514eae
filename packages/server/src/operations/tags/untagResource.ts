import { tagKeysMissing } from '../../errors/tableSettingErrors.ts'
import type { Services } from '../services.ts'
import { checkTaggable, taggedTable } from './tagChecks.ts'

export interface UntagResourceRequest {
  readonly ResourceArn: string
  readonly TagKeys: readonly string[]
}

/** UntagResource: removes tags; keys that are not there do not matter. */
export async function untagResource(
  { catalog }: Pick<Services, 'catalog'>,
  request: UntagResourceRequest,
): Promise<object> {
  if (request.TagKeys.length === 0) throw tagKeysMissing()
  const table = taggedTable(catalog, 'UntagResource', request.ResourceArn)
  checkTaggable(table.record)
  const removed = new Set(request.TagKeys)
  await catalog.amend(table, (record) => ({
    ...record,
    tags: record.tags.filter(({ Key }) => !removed.has(Key)),
  }))
  return {}
}
