import type { TableRecord } from './tableRecord.ts'

/** The record with a CREATING index ready to be read; one that is being deleted stays as it is. */
export function withActiveIndex(record: TableRecord, indexNumber: number): TableRecord {
  const globalSecondaryIndexes = record.globalSecondaryIndexes.map((index) => {
    if (index.indexNumber !== indexNumber || index.status !== 'CREATING') return index
    const { backfilling: _done, ...active } = index
    return { ...active, status: 'ACTIVE' as const }
  })
  return { ...record, globalSecondaryIndexes }
}

/** The record without an index and without the attribute definitions that only it used. */
export function withoutIndex(record: TableRecord, indexNumber: number): TableRecord {
  const globalSecondaryIndexes = record.globalSecondaryIndexes.filter(
    (index) => index.indexNumber !== indexNumber,
  )
  return withUsedDefinitions({ ...record, globalSecondaryIndexes })
}

/** The record without attribute definitions that are the key of nothing. */
export function withUsedDefinitions(record: TableRecord): TableRecord {
  const keySchemas = [record, ...record.localSecondaryIndexes, ...record.globalSecondaryIndexes]
  const used = new Set(
    keySchemas.flatMap(({ keySchema }) => keySchema.map(({ AttributeName }) => AttributeName)),
  )
  const attributeDefinitions = record.attributeDefinitions.filter(({ AttributeName }) =>
    used.has(AttributeName),
  )
  return { ...record, attributeDefinitions }
}
