import type { ItemRead, Operation } from '../history.ts'

/** A chain, and the index of the operation that saw or made it. */
export interface Sighting {
  readonly operation: number
  readonly chain: readonly string[]
}

/** What the history says of one item. */
export interface ItemRecord {
  readonly key: string
  mayBeDeleted: boolean
  readonly reads: Sighting[]
  /** Chains as their writers left them: what they saw before and what they added. */
  readonly results: Sighting[]
  readonly deletions: Sighting[]
  readonly writers: number[]
}

/** The records of all items that the history names. */
export function itemRecords(operations: readonly Operation[]): ItemRecord[] {
  const records = new Map<string, ItemRecord>()
  const recordOf = (key: string): ItemRecord => {
    let record = records.get(key)
    if (record === undefined) {
      record = { key, mayBeDeleted: false, reads: [], results: [], deletions: [], writers: [] }
      records.set(key, record)
    }
    return record
  }
  operations.forEach(({ reads, writes, outcome }, operation) => {
    const seen = outcome === 'unknown' ? [] : reads
    for (const { key, versions } of seen) recordOf(key).reads.push({ operation, chain: versions })
    if (outcome === 'refused') return
    for (const write of writes) {
      const { key, versions, deletes } = write
      const record = recordOf(key)
      record.writers.push(operation)
      const before = write.before ?? (sawAbsent(reads, key) ? [] : undefined)
      const removedNothing = outcome === 'ok' && write.before?.length === 0
      if (deletes === true && !removedNothing) record.mayBeDeleted = true
      if (outcome !== 'ok' || before === undefined) continue
      if (write.before !== undefined) record.reads.push({ operation, chain: before })
      if (deletes !== true) record.results.push({ operation, chain: [...before, ...versions] })
      else if (before.length > 0) record.deletions.push({ operation, chain: before })
    }
  })
  return [...records.values()]
}

function sawAbsent(reads: readonly ItemRead[], key: string): boolean {
  return reads.some((read) => read.key === key && read.versions.length === 0)
}
