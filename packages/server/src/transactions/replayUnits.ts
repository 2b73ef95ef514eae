import { readUnitsOfSize } from '../capacity/capacityUnits.ts'
import type { WriteResult } from './writePlan.ts'

/**
 * The read units that a replay of the transaction reports, for each action in turn: twice one unit
 * for each started 4 KB of the larger image (behaviour digest 1.8).
 */
export function replayUnitsOf(results: readonly WriteResult[]): number[] {
  return results.map(({ before, after }) => {
    const sizeBytes = Math.max(before?.sizeBytes ?? 0, after?.sizeBytes ?? 0)
    return 2 * readUnitsOfSize(sizeBytes)
  })
}
