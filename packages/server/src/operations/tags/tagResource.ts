import { tagsMissing } from '../../errors/tableSettingErrors.ts'
import type { Tag } from '../../schema/tableRecord.ts'
import type { Services } from '../services.ts'
import { checkTagCount, checkTaggable, checkTags, taggedTable } from './tagChecks.ts'

export interface TagResourceRequest {
  readonly ResourceArn: string
  readonly Tags: readonly Tag[]
}

/** TagResource: adds tags; the value of a key that is there already is replaced. */
export async function tagResource(
  { catalog }: Pick<Services, 'catalog'>,
  request: TagResourceRequest,
): Promise<object> {
  if (request.Tags.length === 0) throw tagsMissing()
  checkTags(request.Tags)
  const table = taggedTable(catalog, 'TagResource', request.ResourceArn)
  checkTaggable(table.record)
  await catalog.amend(table, (record) => {
    const tags = mergedTags(record.tags, request.Tags)
    checkTagCount(tags)
    return { ...record, tags }
  })
  return {}
}

function mergedTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map(tags.map(({ Key, Value }) => [Key, Value]))
  for (const { Key, Value } of added) merged.set(Key, Value)
  return [...merged].map(([Key, Value]) => ({ Key, Value }))
}
