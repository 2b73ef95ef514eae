import { readUnitsOfSize } from '../values/capacityUnits.ts'
import type { ReplayUnits, WriteAction, WriteResult } from './writePlan.ts'

/**
 * The read units that a replay of the transaction reports for each table, in the order of the
 * tables' first actions: twice one unit for each started 4 KB of the larger image (behaviour digest
 * 1.8).
 */
export function replayUnitsOf(
  actions: readonly WriteAction[],
  results: readonly WriteResult[],
): ReplayUnits[] {
  const units = new Map<string, number>()
  actions.forEach(({ table }, i) => {
    const { before, after } = results[i] as WriteResult
    const sizeBytes = Math.max(before?.sizeBytes ?? 0, after?.sizeBytes ?? 0)
    const readUnits = 2 * readUnitsOfSize(sizeBytes)
    units.set(table.name, (units.get(table.name) ?? 0) + readUnits)
  })
  return [...units].map(([tableName, readUnits]) => ({ tableName, readUnits }))
}
