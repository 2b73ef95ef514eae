import fc from 'fast-check'
import { seldom } from './arbitraryItems.ts'
import type { Item } from './attributes.ts'
import type { CapacityMode } from './capacity.ts'
import { withCanonicalValues } from './comparisons.ts'
import type { Operation } from './operations.ts'
import type { TableDefinition } from './tables.ts'

/* What the generators of operations have in common. */

export type Tables = readonly [TableDefinition, TableDefinition]

export const capacity: fc.Arbitrary<CapacityMode> = fc.constantFrom('INDEXES', 'TOTAL', 'NONE')

/** `arbitrary` in one of `oneIn` cases, else undefined. */
export function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn = 3): fc.Arbitrary<T | undefined> {
  return seldom<T | undefined>(arbitrary, fc.constant(undefined), oneIn)
}

/** Drops the members that are undefined. */
export function compact<T extends object>(record: fc.Arbitrary<T>): fc.Arbitrary<never> {
  return record.map((each) =>
    Object.fromEntries(Object.entries(each).filter(([, member]) => member !== undefined)),
  ) as fc.Arbitrary<never>
}

/** The first table more often than the second. */
export function onTable<T>(
  tables: Tables,
  arbitrary: (definition: TableDefinition) => fc.Arbitrary<T>,
): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 4, arbitrary: arbitrary(tables[0]) },
    { weight: 1, arbitrary: arbitrary(tables[1]) },
  )
}

export const withoutUndefined = (record: object): object =>
  Object.fromEntries(Object.entries(record).filter(([, member]) => member !== undefined))

/** Leaves out what names an item for the second time. */
function withoutTwins<T>(entries: readonly T[], nameOf: (entry: T) => unknown): T[] {
  const names = entries.map((entry) => JSON.stringify(withCanonicalValues(nameOf(entry))))
  return entries.filter((_, i) => names.indexOf(names[i] as string) === i)
}

export function mostlyDistinct<T>(
  entries: fc.Arbitrary<T[]>,
  nameOf: (entry: T) => unknown,
): fc.Arbitrary<T[]> {
  return fc
    .tuple(entries, seldom(fc.constant(true), fc.constant(false), 10))
    .map(([all, keepsTwins]) => (keepsTwins ? all : withoutTwins(all, nameOf)))
}

/** A put of an item, in the plainest way. */
export function putOf(definition: TableDefinition, item: Item): Operation {
  return {
    kind: 'SingleWrite',
    action: { kind: 'Put', table: definition.name, item, showOld: false },
    returnValues: 'NONE',
    capacity: 'INDEXES',
    metrics: false,
  }
}
