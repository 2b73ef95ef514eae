import type { Clock, Timer } from '../clock.ts'
import { idempotentParameterMismatch, transactionInProgress } from '../errors/transactionErrors.ts'
import { clientRequestTokenLifetimeMs } from '../limits.ts'
import type { Committer } from '../commits/committer.ts'
import type { Bytes, StorageEngine, StorageWrite, Version } from '../storage/engine.ts'
import {
  digestOfExpiryKey,
  timeOfExpiryKey,
  tokenExpiryKey,
  tokenKey,
  tokensEndingBefore,
} from '../layout/storeKeys.ts'
import type { CommitBuilder } from './commitBuilder.ts'
import type { RequestToken } from './writePlan.ts'

/** What the store keeps of a completed transaction under its token. */
interface TokenRecord {
  readonly requestDigest: string
  readonly endsAtMs: number
  /** Read units that a replay reports, one number for each action. */
  readonly units: readonly number[]
}

/**
 * What begins a request: the units of a replay, or what the store has under a token that is not
 * bound.
 */
export type FoundToken =
  | { readonly kind: 'done'; readonly units: readonly number[] }
  | { readonly kind: 'free'; readonly version: Version | undefined }

/** A token that a commit is to bind, and the version of what was found under it. */
export interface TokenBinding {
  readonly token: RequestToken
  readonly version: Version | undefined
}

const purgeIntervalMs = 30_000
const purgeStep = 500
const present: Bytes = Buffer.from([1])

/**
 * Client request tokens: a token is stored in the commit of its transaction and is bound to that
 * request for ten minutes after it (model: ClientRequestToken). A transaction that was cancelled
 * leaves no token. While the first request runs, its token is kept in memory only.
 */
export class RequestTokens {
  readonly #engine: StorageEngine
  readonly #commits: Committer
  readonly #clock: Clock
  /** Request digests of the first requests under way, by the name of their token. */
  readonly #running = new Map<string, string>()
  #timer: Timer | undefined
  #purge: Promise<void> = Promise.resolve()

  constructor(engine: StorageEngine, commits: Committer, clock: Clock) {
    this.#engine = engine
    this.#commits = commits
    this.#clock = clock
  }

  /**
   * Begins the request of `token`. When the transaction is to be done now, {@link end} must follow.
   * Throws TransactionInProgressException and IdempotentParameterMismatchException.
   */
  async begin(token: RequestToken): Promise<FoundToken> {
    const name = nameOf(token.digest)
    const running = this.#running.get(name)
    if (running !== undefined) {
      throw running === token.requestDigest
        ? transactionInProgress()
        : idempotentParameterMismatch()
    }
    this.#running.set(name, token.requestDigest)
    try {
      const [found] = await this.#engine.read([tokenKey(token.digest)])
      const record = found === undefined ? undefined : decodeRecord(found.value)
      if (record === undefined || record.endsAtMs <= this.#clock.nowMs()) {
        return { kind: 'free', version: found?.version }
      }
      if (record.requestDigest !== token.requestDigest) throw idempotentParameterMismatch()
      this.end(token)
      return { kind: 'done', units: record.units }
    } catch (error) {
      this.end(token)
      throw error
    }
  }

  /** The request of `token` has ended, either way. */
  end(token: RequestToken): void {
    this.#running.delete(nameOf(token.digest))
  }

  /**
   * Adds to the commit of a transaction what binds its token. The commit relies on the token's
   * record being as it was found.
   */
  bind(commit: CommitBuilder, binding: TokenBinding, units: readonly number[]): void {
    const { token, version } = binding
    const endsAtMs = this.#clock.nowMs() + clientRequestTokenLifetimeMs
    const record: TokenRecord = { requestDigest: token.requestDigest, endsAtMs, units }
    const key = tokenKey(token.digest)
    commit.addRecord({ key, version }, [
      { key, value: Buffer.from(JSON.stringify(record)) },
      { key: tokenExpiryKey(endsAtMs, token.digest), value: present },
    ])
  }

  /** Removes ended tokens from the store from time to time. */
  startPurging(): void {
    this.#timer = this.#clock.startTimer(purgeIntervalMs, () => {
      this.#purge = this.purge().catch(() => undefined)
      void this.#purge.then(() => {
        if (this.#timer !== undefined) this.startPurging()
      })
    })
  }

  async stopPurging(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#purge
  }

  /**
   * Removes all tokens that have ended, in bounded steps. What a failed purge leaves, a later one
   * finds.
   */
  async purge(): Promise<void> {
    let isDone = false
    while (!isDone) {
      await this.#commits.submit(async () => {
        const writes = await this.#endedTokens()
        isDone = writes.length === 0
        return { expectations: [], writes, effects: [] }
      })
    }
  }

  /**
   * The writes of one step. An expiry entry takes with it the record that ends at its time; a token that was
   * bound anew has a record with a later one, and an expiry entry of its own.
   */
  async #endedTokens(): Promise<StorageWrite[]> {
    const keys: Bytes[] = []
    const snapshot = this.#engine.snapshot()
    try {
      for await (const { key } of snapshot.range(tokensEndingBefore(this.#clock.nowMs()))) {
        keys.push(key)
        if (keys.length === purgeStep) break
      }
      const recordKeys = keys.map((key) => tokenKey(digestOfExpiryKey(key)))
      const records = await snapshot.getMany(recordKeys)
      return keys.flatMap((key, i) => {
        const stored = records[i]
        const isOver = stored && decodeRecord(stored).endsAtMs === timeOfExpiryKey(key)
        const ended = [key, ...(isOver ? [recordKeys[i] as Bytes] : [])]
        return ended.map((each) => ({ key: each, value: undefined }))
      })
    } finally {
      snapshot.close()
    }
  }
}

/** A token's digest as a key of maps. */
function nameOf(digest: Bytes): string {
  return Buffer.from(digest).toString('latin1')
}

function decodeRecord(stored: Bytes): TokenRecord {
  return JSON.parse(Buffer.from(stored).toString('utf8')) as TokenRecord
}
