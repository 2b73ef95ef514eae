import type { Catalog } from '../../catalog/catalog.ts'
import { taggedResourceNotFound, tableInUse } from '../../errors/tableErrors.ts'
import {
  duplicateTagKey,
  reservedTagKey,
  tagKeyInvalid,
  tagValueInvalid,
  tooManyTags,
} from '../../errors/tagErrors.ts'
import { maxTagKeyLength, maxTags, maxTagValueLength } from '../../limits.ts'
import type { Table } from '../../schema/table.ts'
import type { TableRecord, Tag } from '../../schema/tableRecord.ts'

/**
 * Letters, digits and spaces of any script, and the signs that AWS allows in tags. The pattern is
 * made where it is used: that takes a hundredth of a start.
 */
const isTagText = (text: string): boolean => /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u.test(text)

/** Checks the tags of one request. The model is silent about them: they have texts of their own. */
export function checkTags(tags: readonly Partial<Tag>[]): asserts tags is readonly Tag[] {
  const keys = new Set<string>()
  for (const { Key: key, Value: value } of tags) {
    checkTagKey(key)
    if (value === undefined || value.length > maxTagValueLength || !isTagText(value)) {
      throw tagValueInvalid(value)
    }
    if (keys.has(key)) throw duplicateTagKey(key)
    keys.add(key)
  }
  checkTagCount(tags)
}

/** Checks the keys of tags that are to be removed. */
export function checkTagKeys(keys: readonly string[]): void {
  for (const key of keys) checkTagKey(key)
  checkTagCount(keys)
}

function checkTagKey(key: string | undefined): asserts key is string {
  if (key === undefined || key === '' || key.length > maxTagKeyLength || !isTagText(key)) {
    throw tagKeyInvalid(key)
  }
  if (key.toLowerCase().startsWith('aws:')) throw reservedTagKey(key)
}

export function checkTagCount(tagsOrKeys: readonly unknown[]): void {
  if (tagsOrKeys.length > maxTags) throw tooManyTags()
}

/** The table of a tag request. Throws ResourceNotFoundException when it is not there. */
export function taggedTable(catalog: Catalog, resourceArn: string): Table {
  const table = catalog.find(catalog.names.taggedTableName(resourceArn))
  if (table === undefined) throw taggedResourceNotFound(resourceArn)
  return table
}

/** Tags cannot be changed before the table is there or after it began to go. */
export function checkTaggable({ status, tableName }: TableRecord): void {
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'DELETING') throw tableInUse('deleted', tableName)
}
