import type { Bytes, Expectation, StorageEngine, StorageWrite } from '../storage/engine.ts'
import { StorageConflict } from '../storage/engine.ts'
import type { CommitMember, Committer, EffectResults, PreparedCommit } from './committer.ts'
import { SumLimitExceeded } from './committer.ts'
import { encodeCounterChanges } from './counterChanges.ts'
import { DrawListeners } from './drawListeners.ts'
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

/**
 * The committer of one of several servers on a store. Each member is a commit of its own and many
 * are under way at once. What an effect needs is read, and the commit relies on that; when it has
 * changed meanwhile, and nothing else that the member relies on, the effects are worked out again.
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

  constructor(options: SharedCommitterOptions) {
    this.#options = options
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

  async #commit(member: CommitMember): Promise<EffectResults> {
    const { engine, retries } = this.#options
    for (let attempt = 1; ; attempt++) {
      const worked = await workOutEffects(engine, member.effects)
      if (worked instanceof SumLimitExceeded) throw worked
      try {
        await this.#commitOnce(member, worked)
        return worked.results
      } catch (error) {
        // Writes that are not at hand can be asked for once only.
        const isFinal = worked.expectations.length === 0 || !Array.isArray(member.writes)
        if (!(error instanceof StorageConflict) || isFinal || attempt >= retries.attempts) {
          throw error
        }
        await retries.pause(attempt)
        await requireUnchanged(engine, member.expectations, error)
      }
    }
  }

  #commitOnce(member: CommitMember, worked: WorkedOut): Promise<void> {
    const { engine, nextChangeKey } = this.#options
    const { changes } = worked
    const writes: StorageWrite[] = [...worked.writes]
    if (changes.length > 0) {
      writes.push({ key: nextChangeKey(), value: encodeCounterChanges(changes) })
    }
    return engine.commit(
      [...member.expectations, ...worked.expectations],
      Array.isArray(member.writes)
        ? [...(member.writes as readonly StorageWrite[]), ...writes]
        : chained(member.writes as AsyncIterable<StorageWrite>, writes),
    )
  }
}

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
