import type { Clock } from '../clock.ts'
import { idempotentParameterMismatch, transactionInProgress } from '../errors/transactionErrors.ts'
import { clientRequestTokenLifetimeMs, tokenPurgeIntervalMs } from '../limits.ts'
import type { Committer } from '../commits/committer.ts'
import type { Bytes, Expectation, StorageEngine, StorageWrite, Version } from '../storage/engine.ts'
import {
  digestOfExpiryKey,
  timeOfExpiryKey,
  tokenExpiryKey,
  tokenKey,
  tokensEndingBefore,
} from '../layout/storeKeys.ts'
import type { Job } from '../upkeep/backgroundWork.ts'
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

/** A request that has a token, from its beginning to its end. */
export interface TokenBinding {
  readonly token: RequestToken
  /**
   * What the store has under the token. Rejects with IdempotentParameterMismatchException and
   * TransactionInProgressException.
   */
  readonly found: Promise<FoundToken>
  /** Whether no other request of the token was under way: otherwise there is only `found`. */
  readonly isFirst: boolean
  /** The request has ended, either way. */
  readonly end: () => void
}

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

  constructor(engine: StorageEngine, commits: Committer, clock: Clock) {
    this.#engine = engine
    this.#commits = commits
    this.#clock = clock
  }

  /** Begins the request of `token`; its `end` must follow, whatever becomes of `found`. */
  begin(token: RequestToken): TokenBinding {
    const name = nameOf(token.digest)
    const running = this.#running.get(name)
    if (running !== undefined) {
      return { token, found: this.#findBehind(running, token), isFirst: false, end: () => {} }
    }
    this.#running.set(name, token.requestDigest)
    const end = () => void this.#running.delete(name)
    return { token, found: this.#find(token), isFirst: true, end }
  }

  /**
   * What there is for a request that finds another one with its token under way. What was done
   * before counts more than that one, if it asks for something else: it will be refused itself.
   */
  async #findBehind(running: string, token: RequestToken): Promise<FoundToken> {
    if (running === token.requestDigest) throw transactionInProgress()
    const found = await this.#find(token)
    if (found.kind === 'done') return found
    throw idempotentParameterMismatch()
  }

  async #find({ digest, requestDigest }: RequestToken): Promise<FoundToken> {
    const [found] = await this.#engine.read([tokenKey(digest)])
    const record = found === undefined ? undefined : decodeRecord(found.value)
    if (record === undefined || record.endsAtMs <= this.#clock.nowMs()) {
      return { kind: 'free', version: found?.version }
    }
    if (record.requestDigest !== requestDigest) throw idempotentParameterMismatch()
    return { kind: 'done', units: record.units }
  }

  /** Whether a request of this token, whatever it asks for, is under way or has been done. */
  async isKnown({ digest }: Pick<RequestToken, 'digest'>): Promise<boolean> {
    if (this.#running.has(nameOf(digest))) return true
    const [found] = await this.#engine.read([tokenKey(digest)])
    return found !== undefined && decodeRecord(found.value).endsAtMs > this.#clock.nowMs()
  }

  /**
   * Adds to the commit of a transaction what binds its token. The commit relies on the token's
   * record being as it was found.
   */
  bind(
    commit: CommitBuilder,
    { token, version }: { readonly token: RequestToken; readonly version: Version | undefined },
    units: readonly number[],
  ): void {
    const endsAtMs = this.#clock.nowMs() + clientRequestTokenLifetimeMs
    const record: TokenRecord = { requestDigest: token.requestDigest, endsAtMs, units }
    const key = tokenKey(token.digest)
    commit.addRecord({ key, version }, [
      { key, value: Buffer.from(JSON.stringify(record)) },
      { key: tokenExpiryKey(endsAtMs, token.digest), value: present },
    ])
  }

  /** The job that removes ended tokens from the store from time to time. */
  purge(): Job {
    return {
      name: 'token purge',
      task: 'removing ended client request tokens',
      step: async ({ fence }) => {
        const { expectations, writes } = await this.#endedTokens()
        if (writes.length === 0) return { waitMs: tokenPurgeIntervalMs }
        const relied = [...fence, ...expectations]
        await this.#commits.submit({ expectations: relied, writes, effects: [] })
        return 'more'
      },
    }
  }

  /**
   * What one step removes. An expiry entry takes with it the record that ends at its time; a token
   * that was bound anew has a record with a later one, and an expiry entry of its own.
   */
  async #endedTokens(): Promise<{ expectations: Expectation[]; writes: StorageWrite[] }> {
    const writes: StorageWrite[] = []
    const expectations: Expectation[] = []
    const snapshot = this.#engine.snapshot()
    try {
      const ended: Bytes[] = []
      for await (const { key } of snapshot.range(tokensEndingBefore(this.#clock.nowMs()))) {
        ended.push(key)
        if (ended.length >= purgeStep) break
      }
      const recordKeys = ended.map((key) => tokenKey(digestOfExpiryKey(key)))
      const records = ended.length === 0 ? [] : await this.#engine.read(recordKeys)
      ended.forEach((expiryKey, i) => {
        writes.push({ key: expiryKey, value: undefined })
        const [key, found] = [recordKeys[i] as Bytes, records[i]]
        if (found === undefined) return
        if (decodeRecord(found.value).endsAtMs !== timeOfExpiryKey(expiryKey)) return
        expectations.push({ key, version: found.version })
        writes.push({ key, value: undefined })
      })
    } finally {
      snapshot.close()
    }
    return { expectations, writes }
  }
}

/** A token's digest as a key of maps. */
function nameOf(digest: Bytes): string {
  return Buffer.from(digest).toString('latin1')
}

function decodeRecord(stored: Bytes): TokenRecord {
  return JSON.parse(Buffer.from(stored).toString('utf8')) as TokenRecord
}
