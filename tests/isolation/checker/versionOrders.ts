import type { Operation } from '../history.ts'
import { originsOf } from './examinedChain.ts'
import type { Finding } from './finding.ts'
import { ItemOrdering, type ItemOrder } from './itemOrdering.ts'
import { itemRecords } from './itemRecords.ts'

export interface VersionOrders {
  readonly items: readonly ItemOrder[]
  /** For each operation whether its writes count: acknowledged, or open and seen by somebody. */
  readonly happened: Uint8Array
  readonly findings: readonly Finding[]
}

/**
 * Works out the order of the versions of every item. Reads of one life are prefixes of the longest
 * one; whatever is not is reported and has no place.
 */
export function orderVersions(operations: readonly Operation[]): VersionOrders {
  const origins = originsOf(operations)
  const happened = new Uint8Array(operations.length)
  operations.forEach(({ outcome }, i) => {
    if (outcome === 'ok') happened[i] = 1
  })
  const orderings = itemRecords(operations).map(
    (record) => new ItemOrdering(record, operations, origins),
  )
  for (const ordering of orderings) ordering.placeChains(happened)
  for (const ordering of orderings) ordering.placeWrites(happened)
  return {
    items: orderings.map(({ order }) => order),
    happened,
    findings: orderings.flatMap(({ findings }) => [...findings.values()]),
  }
}
