import {
  asBuffer,
  StorageConflict,
  type Bytes,
  type Expectation,
  type MaybePromise,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
} from '../storage/engine.ts'
import {
  SumLimitExceeded,
  type CommitMember,
  type CounterDelta,
  type EffectResults,
} from './committer.ts'
import { decodeCounter, encodeCounter, type Counter } from './counters.ts'
import { drawNumbers, storedNumbers } from './sequences.ts'

/** Numbers in the store that effects change, as they are while a commit is put together. */
interface HeldNumbers {
  readonly key: Bytes
  /** A sum, or the last number and time of a sequence; another list after each change. */
  values: readonly number[]
  isChanged: boolean
}

/** What a member makes of numbers; they are not held before all of its effects are worked out. */
interface ChangedNumbers {
  readonly held: HeldNumbers
  values: readonly number[]
}

const noResults: EffectResults = []

/** The name of a key in maps. */
export const nameOf = (key: Bytes): string => asBuffer(key).toString('latin1')

/** One commit of the engine while members are added to it. */
export class CommitAssembly {
  readonly #engine: StorageEngine
  readonly #expectations: Expectation[] = []
  readonly #writes: StorageWrite[] = []
  /** The last writes of the first so many keys that members have written, by their names. */
  readonly #written = new Map<string, Bytes | undefined>()
  #indexed = 0
  /** Of a member that is alone, because its writes are not at hand. */
  #streamed: StorageWrites | undefined
  readonly #counters = new Map<Counter, number[]>()
  readonly #numbers = new Map<string, HeldNumbers>()
  /** The same by the keys as effects have them: those of one table share theirs. */
  readonly #numbersOfKeys = new Map<Bytes, HeldNumbers>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /**
   * Adds a member and gives the results of its effects, or the error it is refused with; nothing of
   * it is in the commit then.
   */
  add(member: CommitMember): MaybePromise<EffectResults | SumLimitExceeded | StorageConflict> {
    const relied = this.#reliedOnStore(member)
    if (relied === undefined) return new StorageConflict('a key has changed')
    let loading: Promise<void>[] | undefined
    let hasNumbers = false
    for (const effect of member.effects) {
      if (effect.kind === 'delta') continue
      hasNumbers = true
      const loaded = this.#load(effect.key)
      if (loaded !== undefined) loading = [...(loading ?? []), loaded]
    }
    if (loading !== undefined) {
      return Promise.all(loading).then(() => this.#addWithNumbers(member, relied))
    }
    if (hasNumbers) return this.#addWithNumbers(member, relied)
    this.#addPlain(member, relied)
    return noResults
  }

  /**
   * What a member relies on that no earlier member has written. Undefined when what one has written
   * is not what this one relies on.
   */
  #reliedOnStore({ expectations }: CommitMember): readonly Expectation[] | undefined {
    if (this.#writes.length === 0 || expectations.length === 0) return expectations
    for (; this.#indexed < this.#writes.length; this.#indexed++) {
      const { key, value } = this.#writes[this.#indexed] as StorageWrite
      this.#written.set(nameOf(key), value)
    }
    let written: Set<Expectation> | undefined
    for (const expectation of expectations) {
      const name = nameOf(expectation.key)
      const value = this.#written.get(name)
      if (value === undefined && !this.#written.has(name)) continue
      if (expectation.version !== (value && this.#engine.versionOf(value))) return undefined
      written ??= new Set()
      written.add(expectation)
    }
    if (written === undefined) return expectations
    return expectations.filter((expectation) => !written.has(expectation))
  }

  /** REQUIRES: the numbers of the effects have been loaded. */
  #addWithNumbers(
    member: CommitMember,
    relied: readonly Expectation[],
  ): EffectResults | SumLimitExceeded {
    const changed: ChangedNumbers[] = []
    const results: (number | undefined)[] = []
    const drawn: StorageWrite[] = []
    for (const effect of member.effects) {
      if (effect.kind === 'delta') {
        results.push(undefined)
        continue
      }
      const change = changeOf(changed, this.#numbersOfKeys.get(effect.key) as HeldNumbers)
      if (effect.kind === 'sum') {
        const sum = (change.values[0] ?? 0) + effect.difference
        if (effect.difference > 0 && sum > effect.limit) return new SumLimitExceeded(effect.key)
        change.values = [sum]
        results.push(sum)
      } else {
        const { first, timeMs, after } = drawNumbers(change.values, effect)
        for (const write of effect.writes(first, timeMs)) drawn.push(write)
        change.values = after
        results.push(first)
      }
    }
    for (const { held, values } of changed) {
      held.values = values
      held.isChanged = true
    }
    this.#addPlain(member, relied)
    for (const write of drawn) this.#writes.push(write)
    return results
  }

  #addPlain({ writes, effects }: CommitMember, relied: readonly Expectation[]): void {
    for (const expectation of relied) this.#expectations.push(expectation)
    if (Array.isArray(writes)) for (const write of writes) this.#writes.push(write as StorageWrite)
    else this.#streamed = writes
    for (const effect of effects) if (effect.kind === 'delta') addDelta(this.#counters, effect)
  }

  /** Reads the numbers under `key` unless they are held already. */
  #load(key: Bytes): Promise<void> | undefined {
    if (this.#numbersOfKeys.has(key)) return undefined
    const held = this.#numbers.get(nameOf(key))
    if (held !== undefined) {
      this.#numbersOfKeys.set(key, held)
      return undefined
    }
    const stored = this.#engine.get(key)
    if (stored instanceof Promise) return stored.then((found) => this.#hold(key, found))
    this.#hold(key, stored)
    return undefined
  }

  #hold(key: Bytes, stored: Bytes | undefined): void {
    const name = nameOf(key)
    let held = this.#numbers.get(name)
    if (held === undefined) {
      held = { key, values: stored === undefined ? [] : decodeCounter(stored), isChanged: false }
      this.#numbers.set(name, held)
    }
    this.#numbersOfKeys.set(key, held)
  }

  /** `watch` sees each write before the commit is made. */
  async commit(watch?: (write: StorageWrite) => void): Promise<void> {
    for (const [counter, values] of this.#counters) {
      this.#writes.push({ key: counter.key, value: encodeCounter(values) })
    }
    for (const { key, values, isChanged } of this.#numbers.values()) {
      if (isChanged) this.#writes.push({ key, value: storedNumbers(values) })
    }
    if (watch !== undefined) for (const write of this.#writes) watch(write)
    const writes =
      this.#streamed === undefined ? this.#writes : chain(this.#streamed, this.#writes, watch)
    await this.#engine.commit(this.#expectations, writes)
    for (const [counter, values] of this.#counters) counter.values = values
  }
}

/** What the member has made of `held` until now. */
function changeOf(changed: ChangedNumbers[], held: HeldNumbers): ChangedNumbers {
  let change = changed.find((each) => each.held === held)
  if (change === undefined) {
    change = { held, values: held.values }
    changed.push(change)
  }
  return change
}

function addDelta(sums: Map<Counter, number[]>, change: CounterDelta): void {
  if (change.filling?.applies() === false) return
  let values = sums.get(change.counter)
  if (values === undefined) {
    values = change.counter.values.slice()
    sums.set(change.counter, values)
  }
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] as number) + (change.differences[i] ?? 0)
  }
}

async function* chain(
  first: StorageWrites,
  then: readonly StorageWrite[],
  watch: ((write: StorageWrite) => void) | undefined,
): AsyncGenerator<StorageWrite, void> {
  if (watch === undefined) yield* first
  else {
    for await (const write of first) {
      watch(write)
      yield write
    }
  }
  yield* then
}
