import type { TableRecord, TableStatus, VectorIndexRecord } from './tableRecord.ts'

/** The record with a CREATING index ready to be read; one that is being deleted stays as it is. */
export function withActiveIndex(record: TableRecord, indexNumber: number): TableRecord {
  return withVectorIndexes(
    {
      ...record,
      globalSecondaryIndexes: activeIn(record.globalSecondaryIndexes, indexNumber),
    },
    activeIn(record.vectorIndexes ?? [], indexNumber),
  )
}

interface CreatedIndex {
  readonly indexNumber: number
  readonly status: TableStatus
  readonly backfilling?: boolean
}

function activeIn<Index extends CreatedIndex>(
  indexes: readonly Index[],
  indexNumber: number,
): readonly Index[] {
  return indexes.map((index) => {
    if (index.indexNumber !== indexNumber || index.status !== 'CREATING') return index
    const { backfilling: _done, ...active } = index
    return { ...active, status: 'ACTIVE' } as Index
  })
}

/** The record without an index and without the attribute definitions that only it used. */
export function withoutIndex(record: TableRecord, indexNumber: number): TableRecord {
  const isOther = (index: CreatedIndex): boolean => index.indexNumber !== indexNumber
  const globalSecondaryIndexes = record.globalSecondaryIndexes.filter(isOther)
  const vectorIndexes = (record.vectorIndexes ?? []).filter(isOther)
  return withUsedDefinitions(
    withVectorIndexes({ ...record, globalSecondaryIndexes }, vectorIndexes),
  )
}

/** The record with these vector indexes; it does not name them when there are none. */
export function withVectorIndexes(
  record: TableRecord,
  vectorIndexes: readonly VectorIndexRecord[],
): TableRecord {
  const { vectorIndexes: _before, ...others } = record
  return vectorIndexes.length === 0 ? others : { ...others, vectorIndexes }
}

/** The record without attribute definitions that are the key of nothing. */
export function withUsedDefinitions(record: TableRecord): TableRecord {
  const { localSecondaryIndexes, globalSecondaryIndexes, vectorIndexes = [] } = record
  const keySchemas = [record, ...localSecondaryIndexes, ...globalSecondaryIndexes]
  const elements = [
    ...keySchemas.flatMap(({ keySchema }) => keySchema),
    ...vectorIndexes.flatMap(({ searchSchema }) => searchSchema ?? []),
  ]
  const used = new Set(elements.map(({ AttributeName }) => AttributeName))
  const attributeDefinitions = record.attributeDefinitions.filter(({ AttributeName }) =>
    used.has(AttributeName),
  )
  return { ...record, attributeDefinitions }
}
