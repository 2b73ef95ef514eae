import type { ItemWrite, Operation } from '../history.ts'
import { examineChain, type ChainFault, type Origin } from './examinedChain.ts'
import { label, makeFinding, type Finding } from './finding.ts'
import type { ItemRecord, Sighting } from './itemRecords.ts'

/** A read of an item: the index of the operation, and how many versions of the life it saw. */
export interface PlacedRead {
  readonly operation: number
  readonly position: number
}

/** A version beside the order of its life; `reader` and `writer` are indices of operations. */
export interface Branch {
  readonly version: string
  readonly writer: number
  /** Absent when its writer alone tells of it. */
  readonly reader: number | undefined
  /** The whole chain. */
  readonly chain: readonly string[]
}

/** An item from its creation to its deletion: what its reads tell together. */
export interface Life {
  /** The versions in their order, as far as anybody saw them. */
  readonly versions: string[]
  /** The index of the operation that wrote each of `versions`. */
  readonly writers: number[]
  /** The index of the operation that is known to have ended this life. */
  deletion: number | undefined
  /** Reads by serializable operations. */
  readonly reads: PlacedRead[]
  /** Reads by readCommitted operations. */
  readonly committedReads: PlacedRead[]
  /** Versions that stand only in chains which agree with no longer one, and who saw and wrote them. */
  readonly branches: Branch[]
}

/** What is known of the versions of one item. */
export interface ItemOrder {
  readonly key: string
  /** A deletion may have happened: an absent item may be one that is gone. */
  readonly mayBeDeleted: boolean
  /** At most one when the item is never deleted. */
  readonly lives: Life[]
  /** Serializable operations that saw the item absent, by index. */
  readonly absentReads: number[]
  /**
   * Operations, by index, whose write of the item happened but whose place no read tells: appended
   * and never seen, or a deletion that did not see what it deleted.
   */
  readonly unplaced: number[]
}

/** The end of a life when it had so many versions. */
interface Tip {
  readonly life: Life
  readonly position: number
}

/**
 * Works out the order of the versions of one item. Reads of one life are prefixes of the longest one;
 * whatever is not is reported and has no place.
 */
export class ItemOrdering {
  readonly order: ItemOrder
  /** By name: one of each kind is enough for an item. */
  readonly findings = new Map<string, Finding>()
  readonly #record: ItemRecord
  readonly #operations: readonly Operation[]
  readonly #origins: ReadonlyMap<string, Origin>
  /** Operations whose write of the item stands in some chain. */
  readonly #seenWriters = new Set<number>()
  /** Where each placed version stands; a version that stands twice is a fault. */
  readonly #lifeOf = new Map<string, Life>()
  readonly #finalDeletions = new Map<Life, Sighting>()

  constructor(
    record: ItemRecord,
    operations: readonly Operation[],
    origins: ReadonlyMap<string, Origin>,
  ) {
    const { key, mayBeDeleted } = record
    this.order = { key, mayBeDeleted, lives: [], absentReads: [], unplaced: [] }
    this.#record = record
    this.#operations = operations
    this.#origins = origins
  }

  /** Places all reads, and marks in `happened` the writes that somebody saw. */
  placeChains(happened: Uint8Array): void {
    const { reads, results, deletions } = this.#record
    const resultSet = new Set(results)
    for (const { operation, chain } of reads) {
      if (chain.length === 0) this.#placeAbsentRead(operation)
    }
    for (const sightings of this.#groupByLife([...reads, ...results])) {
      this.#placeLife(sightings, resultSet)
    }
    for (const deletion of deletions) this.#placeDeletion(deletion)
    for (const writer of this.#seenWriters) happened[writer] = 1
  }

  /**
   * What nobody saw has a place only when its own operation read what was there just before.
   * REQUIRES: the chains of all items have been placed.
   */
  placeWrites(happened: Uint8Array): void {
    const tips = this.#readersOfTips()
    for (const writer of this.#record.writers) {
      if (happened[writer] !== 1 || this.#seenWriters.has(writer)) continue
      const write = this.#writeOf(writer)
      if (write.deletes === true && write.before?.length === 0) continue
      const tip = tips.get(writer)
      if (tip === undefined || !extend(tip, writer, write)) this.order.unplaced.push(writer)
    }
  }

  /** Operations that saw the last version of a life which nobody is known to have ended. */
  #readersOfTips(): Map<number, Tip> {
    const tips = new Map<number, Tip>()
    for (const life of this.order.lives) {
      if (life.deletion !== undefined) continue
      for (const { operation, position } of life.reads) {
        if (position === life.versions.length) tips.set(operation, { life, position })
      }
    }
    return tips
  }

  /** Absent reads, but for those of operations that also wrote the item: their write says it. */
  #placeAbsentRead(operation: number): void {
    if (!this.#isSerializable(operation)) return
    if (this.order.mayBeDeleted && this.#hasWritten(operation)) return
    this.order.absentReads.push(operation)
  }

  #hasWritten(operation: number): boolean {
    const { outcome, writes } = this.#operations[operation] as Operation
    return outcome === 'ok' && writes.some(({ key }) => key === this.order.key)
  }

  #writeOf(operation: number): ItemWrite {
    const { writes } = this.#operations[operation] as Operation
    return writes.find(({ key }) => key === this.order.key) as ItemWrite
  }

  #isSerializable(operation: number): boolean {
    return this.#operations[operation]?.level === 'serializable'
  }

  /** Chains of one life begin with the same version; an item that is never deleted has one life. */
  #groupByLife(sightings: readonly Sighting[]): Sighting[][] {
    const groups = new Map<string, Sighting[]>()
    for (const sighting of sightings) {
      const [first] = sighting.chain
      if (first === undefined) continue
      const name = this.order.mayBeDeleted ? first : ''
      const group = groups.get(name)
      if (group === undefined) groups.set(name, [sighting])
      else group.push(sighting)
    }
    return [...groups.values()]
  }

  #placeLife(sightings: readonly Sighting[], results: ReadonlySet<Sighting>): void {
    const longest = longestOf(sightings)
    const chain = longest.chain
    const examined = examineChain(this.order.key, chain, this.#origins, this.#operations)
    const { versions, writers, cleanLengths, faults } = examined
    const life: Life = {
      versions: [...versions],
      writers: [...writers],
      deletion: undefined,
      reads: [],
      committedReads: [],
      branches: [],
    }
    const readerOfLength = new Map<number, number>()
    for (const sighting of sightings) {
      const { operation } = sighting
      const common = commonLength(sighting.chain, chain)
      if (common < sighting.chain.length) {
        const branch = this.#reportBranch(sighting, longest, common)
        const reader = results.has(sighting) ? undefined : operation
        if (branch !== undefined) life.branches.push({ ...branch, reader, chain: sighting.chain })
        continue
      }
      if (!readerOfLength.has(common)) readerOfLength.set(common, operation)
      if (results.has(sighting)) continue
      const position = cleanLengths[common] as number
      if (this.#isSerializable(operation)) life.reads.push({ operation, position })
      else life.committedReads.push({ operation, position })
    }
    for (const fault of faults) {
      const reader = fault.exact ? readerOfLength.get(fault.length) : longest.operation
      if (reader !== undefined) this.#reportFault(fault, reader)
    }
    for (const writer of writers) {
      this.#seenWriters.add(writer)
    }
    this.order.lives.push(life)
    this.#requireUnplaced(versions, life, longest)
  }

  /** A version of an earlier life must not come again in a later one. */
  #requireUnplaced(versions: readonly string[], life: Life, sighting: Sighting): void {
    for (const version of versions) {
      const other = this.#lifeOf.get(version)
      if (other !== undefined) {
        const reader = other.reads[0] ?? other.committedReads[0]
        const others = reader === undefined ? [] : [reader.operation]
        this.#report(
          'incompatible version orders',
          [sighting.operation, ...others],
          [
            `${version} of ${this.order.key} stands in a chain that begins with ` +
              `${life.versions[0]} and in one that begins with ${other.versions[0]}`,
          ],
        )
      }
      this.#lifeOf.set(version, life)
    }
  }

  /**
   * `sighting` has nothing in common with `longest` after its first `common` versions. Gives the
   * first version that it has alone.
   */
  #reportBranch(
    sighting: Sighting,
    longest: Sighting,
    common: number,
  ): Pick<Branch, 'version' | 'writer'> | undefined {
    const { key } = this.order
    const examined = examineChain(key, sighting.chain, this.#origins, this.#operations)
    for (const fault of examined.faults) {
      if (!fault.exact || fault.length === sighting.chain.length) {
        this.#reportFault(fault, sighting.operation)
      }
    }
    for (const writer of examined.writers) this.#seenWriters.add(writer)
    const after = common === 0 ? 'first' : `after ${sighting.chain[common - 1]}`
    const [a, b] = [this.#labelOf(longest.operation), this.#labelOf(sighting.operation)]
    this.#report(
      'incompatible version orders',
      [longest.operation, sighting.operation],
      [
        `${a} saw ${longest.chain[common]} in ${key} ${after}, ` +
          `and ${b} saw ${sighting.chain[common]} there`,
      ],
    )
    const others = new Set(longest.chain)
    const first = examined.versions.findIndex((version) => !others.has(version))
    const version = examined.versions[first]
    return version === undefined
      ? undefined
      : { version, writer: examined.writers[first] as number }
  }

  #placeDeletion(deletion: Sighting): void {
    const { key } = this.order
    this.#seenWriters.add(deletion.operation)
    const first = deletion.chain.find((version) => this.#lifeOf.has(version))
    const life = first === undefined ? undefined : this.#lifeOf.get(first)
    if (life === undefined) return
    const earlier = this.#finalDeletions.get(life)
    if (earlier !== undefined) {
      this.#report(
        'incompatible version orders',
        [earlier.operation, deletion.operation],
        [`both deleted ${key} as it was when it began with ${life.versions[0]}`],
      )
      return
    }
    this.#finalDeletions.set(life, deletion)
    const last = life.versions.at(-1) as string
    if (deletion.chain.includes(last)) {
      life.deletion = deletion.operation
      return
    }
    const later = life.writers.at(-1) as number
    this.#report(
      'incompatible version orders',
      [deletion.operation, later],
      [
        `${this.#labelOf(deletion.operation)} deleted ${key} after ${deletion.chain.at(-1)}, ` +
          `and the item went on to ${last}`,
      ],
    )
  }

  #reportFault({ name, version, writer }: ChainFault, reader: number): void {
    const { key } = this.order
    const by = this.#labelOf(reader)
    const of = writer === undefined ? '' : ` of ${this.#labelOf(writer)}`
    const sentence = {
      'version that nobody wrote': `${by} saw ${version} in ${key}, which nobody wrote there`,
      'duplicate version': `${by} saw ${version}${of} twice in ${key}`,
      G1a: `${by} saw ${version}${of} in ${key}, and that was refused`,
      G1b: `${by} saw in ${key} only a part of what ${of.slice(4)} wrote, with ${version}`,
    }[name as 'G1a' | 'G1b' | 'duplicate version' | 'version that nobody wrote']
    const concerned = writer === undefined || writer === reader ? [reader] : [writer, reader]
    this.#report(name, concerned, [sentence])
  }

  #report(name: Finding['name'], concerned: readonly number[], sentences: string[]): void {
    if (this.findings.has(name)) return
    const operations = concerned.map((index) => this.#operations[index] as Operation)
    this.findings.set(name, makeFinding(name, [...new Set(operations)], sentences))
  }

  #labelOf(operation: number): string {
    return label(this.#operations[operation] as Operation)
  }
}

/**
 * Adds a write to the end of the life that its operation saw; false when another one has taken the
 * place.
 */
function extend({ life, position }: Tip, writer: number, write: ItemWrite): boolean {
  if (life.deletion !== undefined || position !== life.versions.length) return false
  if (write.deletes === true) {
    life.deletion = writer
    return true
  }
  for (const version of write.versions) {
    life.versions.push(version)
    life.writers.push(writer)
  }
  return true
}

function longestOf(sightings: readonly Sighting[]): Sighting {
  let longest = sightings[0] as Sighting
  for (const sighting of sightings) {
    if (sighting.chain.length > longest.chain.length) longest = sighting
  }
  return longest
}

/** How many versions two chains have in common from their beginnings. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  const end = Math.min(a.length, b.length)
  let common = 0
  while (common < end && a[common] === b[common]) common += 1
  return common
}
