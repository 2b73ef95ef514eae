import type { SecondaryIndex } from '../schema/table.ts'
import type { TableUsage, Usage } from './usage.ts'

export type ReturnConsumedCapacity = 'INDEXES' | 'TOTAL' | 'NONE'

/**
 * The ConsumedCapacity of one table, named as the request names it (model: ConsumedCapacity);
 * undefined when not asked for. Only a transaction names its units a second time, as
 * ReadCapacityUnits or WriteCapacityUnits (behaviour digest 1.8).
 */
export function consumedCapacity(
  mode: ReturnConsumedCapacity | undefined,
  { name, kind, units }: TableUsage,
  transactional = false,
): object | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  const amount = transactional ? transactionalAmounts[kind] : plainAmount
  const total = { TableName: name, ...amount(units.total) }
  if (mode === 'TOTAL') return total
  const byTable = { ...total, Table: amount(units.table) }
  if (units.indexes.length === 0) return byTable
  const byKind = (indexKind: SecondaryIndex['kind']): Record<string, object> | undefined => {
    const ofKind = units.indexes.filter(({ index }) => index.kind === indexKind)
    if (ofKind.length === 0) return undefined
    const show = indexKind === 'vector' ? vectorAmount : amount
    return Object.fromEntries(ofKind.map(({ index, units: spent }) => [index.name, show(spent)]))
  }
  return {
    ...byTable,
    LocalSecondaryIndexes: byKind('local'),
    GlobalSecondaryIndexes: byKind('global'),
    VectorIndexes: byKind('vector'),
  }
}

const vectorAmount = (bytes: number): object => ({ VectorWriteRequestBytes: bytes })
const plainAmount = (units: number): object => ({ CapacityUnits: units })
const transactionalAmounts = {
  read: (units: number): object => ({ CapacityUnits: units, ReadCapacityUnits: units }),
  write: (units: number): object => ({ CapacityUnits: units, WriteCapacityUnits: units }),
}

/** The ConsumedCapacity list of a response about several tables; undefined when not asked for. */
export function consumedCapacities(
  mode: ReturnConsumedCapacity | undefined,
  usage: Usage,
  transactional = false,
): (object | undefined)[] | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  return usage.map((ofTable) => consumedCapacity(mode, ofTable, transactional))
}
