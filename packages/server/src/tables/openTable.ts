import { invariant } from '../invariant.ts'
import type { Counter } from '../storage/groupCommit.ts'
import { tableCounterKey } from './storeKeys.ts'
import type { IndexKeyAttribute, KeyAttribute, PrimaryKeySchema, Table } from './table.ts'
import type { KeySchemaElement, TableRecord } from './tableRecord.ts'

/** The run-time table of `record`. `counterValues` are its item count and size in bytes. */
export function openTable(
  record: TableRecord,
  arn: string,
  counterValues: readonly number[],
): Table {
  const counter: Counter = { key: tableCounterKey(record.tableNumber), values: counterValues }
  return {
    number: record.tableNumber,
    name: record.tableName,
    arn,
    primaryKey: primaryKeyOf(record),
    counter,
    record,
    indexKeys: indexKeysOf(record),
    dropped: record.status === 'DELETING',
  }
}

/** Puts a new record in force. */
export function replaceRecord(table: Table, record: TableRecord): void {
  table.record = record
  table.indexKeys = indexKeysOf(record)
}

function keyAttribute(record: TableRecord, name: string): KeyAttribute {
  const definition = record.attributeDefinitions.find((d) => d.AttributeName === name)
  invariant(definition !== undefined, `key attribute ${name} is defined`)
  return { name, type: definition.AttributeType }
}

function primaryKeyOf(record: TableRecord): PrimaryKeySchema {
  const [hash, range] = record.keySchema
  invariant(hash !== undefined, 'a table has a partition key')
  return {
    partitionKey: keyAttribute(record, hash.AttributeName),
    sortKey: range === undefined ? undefined : keyAttribute(record, range.AttributeName),
  }
}

/** The keys of all indexes, without those that the check of the primary key covers. */
function indexKeysOf(record: TableRecord): IndexKeyAttribute[] {
  const sameInTable = ({ AttributeName, KeyType }: KeySchemaElement): boolean =>
    record.keySchema.some((e) => e.AttributeName === AttributeName && e.KeyType === KeyType)
  const keys: IndexKeyAttribute[] = []
  for (const index of [...record.localSecondaryIndexes, ...record.globalSecondaryIndexes]) {
    for (const element of index.keySchema) {
      if (sameInTable(element)) continue
      const { name, type } = keyAttribute(record, element.AttributeName)
      keys.push({ name, type, indexName: index.indexName, keyType: element.KeyType })
    }
  }
  return keys
}
