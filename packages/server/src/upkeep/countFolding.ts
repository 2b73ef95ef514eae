import type { Catalog } from '../catalog/catalog.ts'
import type { Committer, CommitMember } from '../commits/committer.ts'
import { decodeCounterChanges, sumOf } from '../commits/counterChanges.ts'
import { decodeCounter, encodeCounter } from '../commits/counters.ts'
import { counterChangeRange, tableRecordKey } from '../layout/storeKeys.ts'
import { countFoldingIntervalMs } from '../limits.ts'
import { countersOf, type Table } from '../schema/table.ts'
import type { Bytes, Entry, Expectation, StorageEngine, StorageWrite } from '../storage/engine.ts'
import type { Job } from './backgroundWork.ts'
import type { Lease } from './leases.ts'

/** A commit of more keys than this comes to may stop all others while it is made. */
const changesPerStep = 100

export interface CountFoldingOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly catalog: Catalog
}

/** A counter in the store, while changes are added to it. */
interface Folded {
  readonly key: Bytes
  readonly table: Table
  differences: readonly number[]
}

/**
 * Adds up what the commits of several servers have noted about counters. A step takes notes away in
 * the commit that adds them to the counters, and relies on them and on the tables, so that each is
 * counted once, and none for a table that is gone.
 */
export function countFolding(options: CountFoldingOptions): Job {
  return {
    name: 'count folding',
    task: 'adding up the item counts of tables',
    async step(lease) {
      const changes = await firstChanges(options.engine)
      if (changes.length === 0) return { waitMs: countFoldingIntervalMs }
      // The tables of all changes that were found are known from here on, unless they are gone.
      await options.catalog.catchUp()
      await options.commits.submit(() => folding(options, changes, lease))
      return changes.length < changesPerStep ? { waitMs: countFoldingIntervalMs } : 'more'
    },
  }
}

async function firstChanges(engine: StorageEngine): Promise<readonly Entry[]> {
  const changes: Entry[] = []
  const snapshot = engine.snapshot()
  try {
    for await (const entry of snapshot.range(counterChangeRange)) {
      changes.push(entry)
      if (changes.length === changesPerStep) break
    }
  } finally {
    snapshot.close()
  }
  return changes
}

async function folding(
  { engine, catalog }: CountFoldingOptions,
  changes: readonly Entry[],
  { fence }: Lease,
): Promise<CommitMember> {
  const folded = foldedOf(catalog, changes)
  const found = await engine.read(folded.map(({ key }) => key))
  const expectations: Expectation[] = [...fence]
  for (const { key, value } of changes) expectations.push({ key, version: engine.versionOf(value) })
  for (const { name, version } of new Set(folded.map(({ table }) => table))) {
    expectations.push({ key: tableRecordKey(name), version })
  }
  const writes: StorageWrite[] = changes.map(({ key }) => ({ key, value: undefined }))
  folded.forEach(({ key, differences }, i) => {
    const before = found[i]
    expectations.push({ key, version: before?.version })
    const values = before === undefined ? [0, 0] : decodeCounter(before.value)
    writes.push({ key, value: encodeCounter(sumOf(values, differences)) })
  })
  return { expectations, writes, effects: [] }
}

/** The counters that are still there, each with all of its changes. */
function foldedOf(catalog: Catalog, changes: readonly Entry[]): readonly Folded[] {
  const owners = new Map<string, Table>()
  for (const table of catalog.tables()) {
    for (const { key } of countersOf(table)) owners.set(nameOf(key), table)
  }
  const folded = new Map<string, Folded>()
  for (const { key, differences } of changes.flatMap(({ value }) => decodeCounterChanges(value))) {
    const table = owners.get(nameOf(key))
    if (table === undefined) continue
    const before = folded.get(nameOf(key))
    if (before === undefined) folded.set(nameOf(key), { key, table, differences })
    else before.differences = sumOf(before.differences, differences)
  }
  return [...folded.values()]
}

const nameOf = (key: Bytes): string => Buffer.from(key).toString('latin1')
