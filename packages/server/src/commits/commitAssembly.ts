import {
  asBuffer,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
} from '../storage/engine.ts'
import {
  SumLimitExceeded,
  type BoundedSum,
  type CommitMember,
  type CounterDelta,
  type EffectResults,
  type SequenceDraw,
} from './committer.ts'
import { encodeCounter, singleCount, type Counter } from './counters.ts'

/** A number in the store that effects change, as it is while a commit is put together. */
interface HeldNumber {
  readonly key: Bytes
  value: number
}

const noResults: EffectResults = []

/** The name of a key in maps. */
export const nameOf = (key: Bytes): string => asBuffer(key).toString('latin1')

/** One commit of the engine while members are added to it. */
export class CommitAssembly {
  readonly #engine: StorageEngine
  readonly #expectations: Expectation[] = []
  readonly #writes: StorageWrite[] = []
  /** Of a member that is alone, because its writes are not at hand. */
  #streamed: StorageWrites | undefined
  readonly #counters = new Map<Counter, number[]>()
  readonly #numbers = new Map<string, HeldNumber>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /**
   * Adds a member and gives the results of its effects, or the error it is refused with; nothing of
   * it is in the commit then.
   */
  add(member: CommitMember): EffectResults | Promise<EffectResults | SumLimitExceeded> {
    for (const { kind } of member.effects) {
      if (kind !== 'delta') return this.#addWithNumbers(member)
    }
    this.#addPlain(member)
    return noResults
  }

  async #addWithNumbers(member: CommitMember): Promise<EffectResults | SumLimitExceeded> {
    const changed = new Map<string, HeldNumber>()
    const results: (number | undefined)[] = []
    const drawn: StorageWrite[] = []
    for (const effect of member.effects) {
      if (effect.kind === 'delta') {
        results.push(undefined)
        continue
      }
      const held = await this.#held(effect.key, changed)
      if (effect.kind === 'sum') {
        const { difference, limit } = effect
        if (difference > 0 && held.value + difference > limit) {
          return new SumLimitExceeded(effect.key)
        }
        results.push(addTo(held, effect))
      } else {
        const first = draw(held, effect)
        results.push(first)
        for (const write of effect.writes(first)) drawn.push(write)
      }
    }
    for (const [name, held] of changed) this.#numbers.set(name, held)
    this.#addPlain(member)
    for (const write of drawn) this.#writes.push(write)
    return results
  }

  #addPlain({ expectations, writes, effects }: CommitMember): void {
    for (const expectation of expectations) this.#expectations.push(expectation)
    if (Array.isArray(writes)) for (const write of writes) this.#writes.push(write as StorageWrite)
    else this.#streamed = writes
    for (const effect of effects) if (effect.kind === 'delta') addDelta(this.#counters, effect)
  }

  /** The number under `key` as this member may change it: `changed` is thrown away if it fails. */
  async #held(key: Bytes, changed: Map<string, HeldNumber>): Promise<HeldNumber> {
    const name = nameOf(key)
    let held = changed.get(name)
    if (held === undefined) {
      const value = this.#numbers.get(name)?.value ?? singleCount(await this.#engine.get(key))
      held = { key, value }
      changed.set(name, held)
    }
    return held
  }

  async commit(): Promise<void> {
    for (const [counter, values] of this.#counters) {
      this.#writes.push({ key: counter.key, value: encodeCounter(values) })
    }
    for (const { key, value } of this.#numbers.values()) {
      this.#writes.push({ key, value: value === 0 ? undefined : encodeCounter([value]) })
    }
    const writes = this.#streamed === undefined ? this.#writes : chain(this.#streamed, this.#writes)
    await this.#engine.commit(this.#expectations, writes)
    for (const [counter, values] of this.#counters) counter.values = values
  }
}

function addTo(held: HeldNumber, { difference }: BoundedSum): number {
  held.value += difference
  return held.value
}

function draw(held: HeldNumber, { count }: SequenceDraw): number {
  const first = held.value + 1
  held.value += count
  return first
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
): AsyncGenerator<StorageWrite, void> {
  yield* first
  yield* then
}
