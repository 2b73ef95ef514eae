import { taggedResourceNotFound, tableInUse } from '../../errors/tableErrors.ts'
import {
  accessDenied,
  duplicateTagKey,
  reservedTagKey,
  resourceArnInvalid,
  tooManyTags,
} from '../../errors/tableSettingErrors.ts'
import { maxTags } from '../../limits.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { parseTableArn } from '../../schema/resourceNames.ts'
import type { Table } from '../../schema/table.ts'
import type { TableRecord, Tag } from '../../schema/tableRecord.ts'

/** Checks the tags of one request. */
export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set<string>()
  for (const { Key: key } of tags) {
    if (key.toLowerCase().startsWith('aws:')) throw reservedTagKey(key)
    if (keys.has(key)) throw duplicateTagKey(key)
    keys.add(key)
  }
  checkTagCount(tags)
}

export function checkTagCount(tags: readonly Tag[]): void {
  if (tags.length > maxTags) throw tooManyTags()
}

/** The table whose tags `operation` reads or writes. Only tables carry tags. */
export function taggedTable(catalog: Catalog, operation: string, arn: string): Table {
  const parsed = parseTableArn(arn)
  if (parsed === undefined) throw resourceArnInvalid(arn)
  const { accountId, region } = catalog.names
  if (parsed.accountId !== accountId || parsed.region !== region) {
    throw accessDenied(accountId, operation, arn)
  }
  const table = catalog.find(parsed.tableResource)
  if (table === undefined) throw taggedResourceNotFound(arn)
  return table
}

/** Tags cannot be changed before the table is there or after it began to go. */
export function checkTaggable({ status, tableName }: TableRecord): void {
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'DELETING') throw tableInUse('deleted', tableName)
}
