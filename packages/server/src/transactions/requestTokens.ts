import type { Clock, Timer } from '../clock.ts'
import { idempotentParameterMismatch, transactionInProgress } from '../errors/transactionErrors.ts'
import { clientRequestTokenLifetimeMs } from '../limits.ts'
import type { Bytes, StorageEngine, StorageWrite } from '../storage/engine.ts'
import type { GroupCommit } from '../storage/groupCommit.ts'
import {
  digestOfExpiryKey,
  tokenExpiryKey,
  tokenKey,
  tokensEndingBefore,
} from '../tables/storeKeys.ts'
import type { ReplayUnits, RequestToken } from './writePlan.ts'

/** What the store keeps of a completed transaction under its token. */
interface TokenRecord {
  readonly requestDigest: string
  readonly endsAtMs: number
  readonly units: readonly ReplayUnits[]
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
  readonly #commits: GroupCommit
  readonly #clock: Clock
  /** Request digests of the first requests under way, by the name of their token. */
  readonly #running = new Map<string, string>()
  /** The tokens that a purge under way removes. */
  readonly #purging = new Set<string>()
  #timer: Timer | undefined
  #purge: Promise<void> = Promise.resolve()

  constructor(engine: StorageEngine, commits: GroupCommit, clock: Clock) {
    this.#engine = engine
    this.#commits = commits
    this.#clock = clock
  }

  /**
   * Begins the request of `token`. Gives the units to report when the transaction was done before, and
   * undefined when it is to be done now; then {@link end} must follow. Throws
   * TransactionInProgressException and IdempotentParameterMismatchException.
   */
  async begin(token: RequestToken): Promise<readonly ReplayUnits[] | undefined> {
    const name = nameOf(token.digest)
    const running = this.#running.get(name)
    if (running !== undefined) {
      throw running === token.requestDigest
        ? transactionInProgress()
        : idempotentParameterMismatch()
    }
    this.#running.set(name, token.requestDigest)
    try {
      if (this.#purging.has(name)) await this.#purge
      const record = await this.#find(token)
      if (record === undefined) return undefined
      if (record.requestDigest !== token.requestDigest) throw idempotentParameterMismatch()
      this.end(token)
      return record.units
    } catch (error) {
      this.end(token)
      throw error
    }
  }

  /** The request of `token` has ended, either way. */
  end(token: RequestToken): void {
    this.#running.delete(nameOf(token.digest))
  }

  /** The writes that bind `token`, for the commit of its transaction. */
  writesOf(token: RequestToken, units: readonly ReplayUnits[]): StorageWrite[] {
    const endsAtMs = this.#clock.nowMs() + clientRequestTokenLifetimeMs
    const record: TokenRecord = { requestDigest: token.requestDigest, endsAtMs, units }
    return [
      { key: tokenKey(token.digest), value: Buffer.from(JSON.stringify(record)) },
      { key: tokenExpiryKey(endsAtMs, token.digest), value: present },
    ]
  }

  async #find(token: RequestToken): Promise<TokenRecord | undefined> {
    const stored = await this.#engine.get(tokenKey(token.digest))
    if (stored === undefined) return undefined
    const record = decodeRecord(stored)
    return record.endsAtMs > this.#clock.nowMs() ? record : undefined
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

  /** Removes all tokens that have ended, in bounded steps. What a failed purge leaves, a later one finds. */
  async purge(): Promise<void> {
    for (;;) {
      try {
        const writes = await this.#endedTokens()
        if (writes.length === 0) return
        await this.#commits.submit({ expectations: [], writes, counterChanges: [] })
      } finally {
        this.#purging.clear()
      }
    }
  }

  /**
   * The writes of one step. A token that was bound anew since keeps its record, only the old expiry entry
   * goes; one that is in use just now is left to a later purge.
   */
  async #endedTokens(): Promise<StorageWrite[]> {
    const nowMs = this.#clock.nowMs()
    const writes: StorageWrite[] = []
    const snapshot = this.#engine.snapshot()
    try {
      let seen = 0
      for await (const { key } of snapshot.range(tokensEndingBefore(nowMs))) {
        const digest = digestOfExpiryKey(key)
        if (this.#running.has(nameOf(digest))) continue
        this.#purging.add(nameOf(digest))
        writes.push({ key, value: undefined })
        const recordKey = tokenKey(digest)
        const stored = await snapshot.get(recordKey)
        if (stored !== undefined && decodeRecord(stored).endsAtMs <= nowMs) {
          writes.push({ key: recordKey, value: undefined })
        }
        seen += 1
        if (seen >= purgeStep) break
      }
    } finally {
      snapshot.close()
    }
    return writes
  }
}

/** A token's digest as a key of maps. */
function nameOf(digest: Bytes): string {
  return Buffer.from(digest).toString('latin1')
}

function decodeRecord(stored: Bytes): TokenRecord {
  return JSON.parse(Buffer.from(stored).toString('utf8')) as TokenRecord
}
