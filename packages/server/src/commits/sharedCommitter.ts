import type {
  Bytes,
  Expectation,
  StorageEngine,
  StorageWrite,
  Versioned,
} from '../storage/engine.ts'
import { StorageConflict } from '../storage/engine.ts'
import { nameOf } from './commitAssembly.ts'
import type { CommitMember, Committer, Effect, EffectResults, PreparedCommit } from './committer.ts'
import { SumLimitExceeded } from './committer.ts'
import { encodeCounterChanges } from './counterChanges.ts'
import { DrawListeners } from './drawListeners.ts'
import { KnownNumbers } from './knownNumbers.ts'
import { Lanes } from './lanes.ts'
import type { Retries } from './retries.ts'
import { workOutEffects, type WorkedOut } from './workedOut.ts'

export interface SharedCommitterOptions {
  readonly engine: StorageEngine
  readonly retries: Retries
  /** A key of its own for each commit's changes of counters, which are added up later. */
  readonly nextChangeKey: () => Bytes
  /** Told what an `onCommitted` throws. */
  readonly onFault: (error: unknown) => void
}

/** A member with more is made by itself. */
const maxGroupedBytes = 256 * 1024

/**
 * The committer of one of several servers on a store. Each member is a commit of its own and many
 * are under way at once; those that change a sum or a sequence in common would fail each other, and
 * are made one after the other, or together. What an effect needs is known or read, and the commit
 * relies on that; when it has changed meanwhile, and nothing else that the member relies on, the
 * effects are worked out again.
 *
 * A counter that all commits changed would let them conflict with each other. So a commit writes
 * how it changes counters under a key that nobody else uses, and somebody adds that up later:
 * whatever crashes, a change is counted once.
 */
export class SharedCommitter implements Committer {
  readonly isOrdered = false
  readonly #options: SharedCommitterOptions
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #drawListeners = new DrawListeners()
  readonly #numbers: KnownNumbers
  readonly #lanes = new Lanes<CommitMember, EffectResults>((group) => this.#commitGroup(group))

  constructor(options: SharedCommitterOptions) {
    this.#options = options
    this.#numbers = new KnownNumbers(options.engine)
  }

  submit(member: CommitMember | PreparedCommit): Promise<EffectResults> {
    const committed = this.#make(member)
    const ended = committed.then(
      () => undefined,
      () => undefined,
    )
    this.#underWay.add(ended)
    void ended.then(() => this.#underWay.delete(ended))
    return committed
  }

  onDraw(key: Bytes, listener: () => void): () => void {
    return this.#drawListeners.add(key, listener)
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #make(submitted: CommitMember | PreparedCommit): Promise<EffectResults> {
    const member = typeof submitted === 'function' ? await submitted() : submitted
    const results = await this.#commit(member)
    try {
      member.onCommitted?.()
    } catch (error) {
      this.#options.onFault(error)
    }
    this.#drawListeners.tell(member.effects)
    return results
  }

  #commit(member: CommitMember): Promise<EffectResults> {
    const keys = numberKeys(member.effects)
    const { writes, expectations, effects } = member
    // Writes that are not at hand are a commit of their own.
    if (keys.length === 0 || !Array.isArray(writes)) return this.#commitAlone(member)
    const isLarge = bytesOf(writes as readonly StorageWrite[]) > maxGroupedBytes
    const weight = isLarge ? Infinity : writes.length + expectations.length + 2 * effects.length
    return this.#lanes.submit(member, keys.map(nameOf), weight)
  }

  /** Members with sums or sequences in common, as one commit; one by one when that is refused. */
  #commitGroup(group: readonly CommitMember[]): readonly Promise<EffectResults>[] {
    const [only] = group
    if (only !== undefined && group.length === 1) return [this.#commitAlone(only)]
    const together = this.#commitTogether(group)
    let before: Promise<unknown> = together.catch(() => undefined)
    return group.map((member, i) => {
      const previous = before
      const own = together.then(
        (results) => results[i] as EffectResults,
        async (error: unknown) => {
          if (!(error instanceof StorageConflict || error instanceof SumLimitExceeded)) throw error
          await previous
          return this.#commitAlone(member)
        },
      )
      before = own.catch(() => undefined)
      return own
    })
  }

  /** Rejects with SumLimitExceeded, too. */
  async #commitTogether(group: readonly CommitMember[]): Promise<readonly EffectResults[]> {
    const effects = group.flatMap((member) => member.effects)
    const worked = await workOutEffects(this.#read, effects)
    if (worked instanceof SumLimitExceeded) throw worked
    const writes = group.flatMap((member) => member.writes as readonly StorageWrite[])
    const expectations = jointExpectations(group)
    try {
      await this.#commitOnce({ expectations, writes, effects }, worked)
    } catch (error) {
      if (error instanceof StorageConflict) this.#numbers.forget(numberKeys(effects))
      throw error
    }
    let next = 0
    return group.map(({ effects: own }) => {
      next += own.length
      return worked.results.slice(next - own.length, next)
    })
  }

  async #commitAlone(member: CommitMember): Promise<EffectResults> {
    const { engine, retries } = this.#options
    const keys = numberKeys(member.effects)
    for (let attempt = 1; ; attempt++) {
      const worked = await workOutEffects(this.#read, member.effects)
      if (worked instanceof SumLimitExceeded) {
        // Somebody else may have made room.
        if (this.#numbers.forget(keys)) continue
        throw worked
      }
      try {
        await this.#commitOnce(member, worked)
        return worked.results
      } catch (error) {
        // Writes that are not at hand can be asked for once only.
        const isFinal = worked.expectations.length === 0 || !Array.isArray(member.writes)
        if (!(error instanceof StorageConflict)) throw error
        const wasKnown = this.#numbers.forget(keys)
        if (isFinal || attempt >= retries.attempts) throw error
        if (!wasKnown) await retries.pause(attempt)
        await requireUnchanged(engine, member.expectations, error)
      }
    }
  }

  async #commitOnce(member: CommitMember, worked: WorkedOut): Promise<void> {
    const { engine, nextChangeKey } = this.#options
    const { changes } = worked
    const writes: StorageWrite[] = [...worked.writes]
    if (changes.length > 0) {
      writes.push({ key: nextChangeKey(), value: encodeCounterChanges(changes) })
    }
    await engine.commit(
      [...member.expectations, ...worked.expectations],
      Array.isArray(member.writes)
        ? [...(member.writes as readonly StorageWrite[]), ...writes]
        : chained(member.writes as AsyncIterable<StorageWrite>, writes),
    )
    const left = new Map(worked.writes.map(({ key, value }) => [nameOf(key), value]))
    for (const key of numberKeys(member.effects)) this.#numbers.note(key, left.get(nameOf(key)))
  }

  readonly #read = (keys: readonly Bytes[]): Promise<readonly (Versioned | undefined)[]> =>
    this.#numbers.read(keys)
}

/**
 * What all members of a group rely on before any of them is made. Throws StorageConflict when one
 * relies on what another one before it changes: the state that it has seen is over then.
 */
function jointExpectations(group: readonly CommitMember[]): readonly Expectation[] {
  const relied = new Map<string, Expectation>()
  const written = new Set<string>()
  for (const { expectations, writes } of group) {
    for (const expectation of expectations) {
      const name = nameOf(expectation.key)
      const known = relied.get(name)
      const isOver = known !== undefined && known.version !== expectation.version
      if (isOver || written.has(name))
        throw new StorageConflict('a member changes what one has seen')
      relied.set(name, expectation)
    }
    for (const { key } of writes as readonly StorageWrite[]) written.add(nameOf(key))
  }
  return [...relied.values()]
}

/** The keys of the sums and sequences that are changed, each once. */
function numberKeys(effects: readonly Effect[]): readonly Bytes[] {
  const keys = new Map<string, Bytes>()
  for (const effect of effects) {
    if (effect.kind !== 'delta') keys.set(nameOf(effect.key), effect.key)
  }
  return [...keys.values()]
}

const bytesOf = (writes: readonly StorageWrite[]): number =>
  writes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0)

/** Throws `conflict` when it was not, or not only, what the effects build on that has changed. */
async function requireUnchanged(
  engine: StorageEngine,
  expectations: readonly Expectation[],
  conflict: StorageConflict,
): Promise<void> {
  if (expectations.length === 0) return
  const found = await engine.read(expectations.map(({ key }) => key))
  if (expectations.some(({ version }, i) => found[i]?.version !== version)) throw conflict
}

async function* chained(
  first: AsyncIterable<StorageWrite>,
  then: readonly StorageWrite[],
): AsyncGenerator<StorageWrite, void> {
  yield* first
  yield* then
}
