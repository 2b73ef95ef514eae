import { readUnitsOfSize } from '../capacity/capacityUnits.ts'

/**
 * The read units that a replay of a transaction reports for an action, by the size of the larger
 * image: twice one unit for each started 4 KB (behaviour digest 1.8).
 */
export const replayUnitsOf = (sizeBytes: number): number => 2 * readUnitsOfSize(sizeBytes)
