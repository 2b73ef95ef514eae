import { tagPermissions } from '../access/tagPermissions.ts'
import { tagKeysMissing } from '../../errors/tagErrors.ts'
import { emptyAnswer } from '../emptyAnswer.ts'
import { taggedResource } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkTaggable, checkTagKeys, taggedTable } from './tagChecks.ts'

export interface UntagResourceRequest {
  readonly ResourceArn: string
  readonly TagKeys: readonly string[]
}

/**
 * UntagResource: removes tags; keys that are not there do not matter. The answer has no body.
 */
export async function untagResource(
  { catalog }: Pick<Services, 'catalog'>,
  request: UntagResourceRequest,
): Promise<object> {
  const { ResourceArn: resourceArn, TagKeys: keys } = request
  catalog.names.taggedTableName(resourceArn)
  if (keys.length === 0) throw tagKeysMissing()
  checkTagKeys(keys)
  const table = taggedTable(catalog, resourceArn)
  checkTaggable(table.record)
  const removed = new Set(keys)
  await catalog.amend(table, (record) => ({
    ...record,
    tags: record.tags.filter(({ Key }) => !removed.has(Key)),
  }))
  return emptyAnswer
}

export const untagResourceOperation: Operation<UntagResourceRequest> = {
  name: 'UntagResource',
  access: 'control',
  resources: taggedResource,
  permissions: tagPermissions,
  handler: unmetered(untagResource),
}
