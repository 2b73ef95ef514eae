import { tagPermissions } from '../access/tagPermissions.ts'
import { tagsMissing } from '../../errors/tagErrors.ts'
import type { Tag } from '../../schema/tableRecord.ts'
import { emptyAnswer } from '../emptyAnswer.ts'
import { taggedResource } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkTagCount, checkTaggable, checkTags, taggedTable } from './tagChecks.ts'

export interface TagResourceRequest {
  readonly ResourceArn: string
  readonly Tags: readonly Partial<Tag>[]
}

/**
 * TagResource: adds tags; the value of a key that is there already is replaced. The answer has no
 * body.
 */
export async function tagResource(
  { catalog }: Pick<Services, 'catalog'>,
  request: TagResourceRequest,
): Promise<object> {
  const { ResourceArn: resourceArn, Tags: added } = request
  catalog.names.taggedTableName(resourceArn)
  if (added.length === 0) throw tagsMissing()
  checkTags(added)
  const table = taggedTable(catalog, resourceArn)
  checkTaggable(table.record)
  await catalog.amend(table, (record) => {
    const tags = mergedTags(record.tags, added)
    checkTagCount(tags)
    return { ...record, tags }
  })
  return emptyAnswer
}

function mergedTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map(tags.map(({ Key, Value }) => [Key, Value]))
  for (const { Key, Value } of added) merged.set(Key, Value)
  return [...merged].map(([Key, Value]) => ({ Key, Value }))
}

export const tagResourceOperation: Operation<TagResourceRequest> = {
  name: 'TagResource',
  access: 'control',
  resources: taggedResource,
  permissions: tagPermissions,
  handler: unmetered(tagResource),
}
