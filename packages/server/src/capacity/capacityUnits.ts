/*
 * How sizes become capacity units (guide: read and write capacity). One write unit is 1 KB, one
 * read unit 4 KB read consistently; what is missing costs one.
 */

const writeUnitBytes = 1024
const readUnitBytes = 4096

/** Write units of an item of `sizeBytes`; a missing item costs one. */
export function writeUnitsOfSize(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / writeUnitBytes))
}

/** Read units of an item of `sizeBytes` that is read consistently; a missing item costs one. */
export function readUnitsOfSize(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / readUnitBytes))
}
