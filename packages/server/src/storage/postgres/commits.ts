import {
  StorageConflict,
  StorageFailure,
  type Expectation,
  type StorageWrite,
  type StorageWrites,
} from '../engine.ts'
import { commitValues, expectedColumns, lastWrites } from './commitRequest.ts'
import type { Connections, Lent } from './connections.ts'
import { fateOf, refusal } from './failures.ts'
import { storeLock } from './lockNumbers.ts'
import { quoted } from './schema.ts'
import type { Row, Statement } from './session.ts'
import type { Settlement } from './settlement.ts'
import { SourceFailure, stage } from './stagedWrites.ts'

/** A commit with more is staged: it would be too long a statement, or too many locks. */
const maxLockedKeys = 256
const maxStatementBytes = 8 * 1024 * 1024
const largeTimeoutMs = 10 * 60 * 1000
const retryPauseMs = 50

export interface CommitsOptions {
  readonly connections: Connections
  readonly settlement: Settlement
  readonly schema: string
  readonly statementTimeoutMs: number
  readonly leaderWaitMs: number
  /** Milliseconds of a monotonic clock. */
  readonly nowMs: () => number
}

/** Makes commits, and finds out what became of those whose answer was lost. */
export class Commits {
  readonly #options: CommitsOptions
  readonly #texts: { readonly commit: string; readonly staged: string }

  constructor(options: CommitsOptions) {
    this.#options = options
    const schema = quoted(options.schema)
    this.#texts = {
      commit: `SELECT ${schema}.commit($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      staged: `SELECT ${schema}.commit_staged($1, $2, $3, $4)`,
    }
  }

  /** As `commit` of the engine. */
  async make(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (!Array.isArray(writes)) {
      return this.#makeStaged(expectations, writes as AsyncIterable<StorageWrite>)
    }
    const list = writes as readonly StorageWrite[]
    let bytes = 0
    for (const { key, value } of list) bytes += key.length + (value?.length ?? 0)
    const isLarge = expectations.length + list.length > maxLockedKeys || bytes > maxStatementBytes
    if (isLarge) return this.#makeStaged(expectations, list)
    const { schema } = this.#options
    const values = commitValues(schema, expectations, lastWrites(list))
    const statement = { name: 'commit', text: this.#texts.commit }
    await this.#untilDecided((lent, token) =>
      lent.ask({ ...statement, values: [...values, token] }),
    )
  }

  /**
   * Writes that can be asked for once only are staged once: when the connection is lost with them,
   * that is the end of the commit.
   */
  async #makeStaged(
    expectations: readonly Expectation[],
    writes: readonly StorageWrite[] | AsyncIterable<StorageWrite>,
  ): Promise<void> {
    const { schema, statementTimeoutMs } = this.#options
    const isList = Array.isArray(writes)
    const [ek, eh] = expectedColumns(expectations)
    const values = [String(storeLock(schema)), ek, eh]
    const commit = async (lent: Lent, token: Buffer): Promise<readonly Row[]> => {
      await stage(lent, writes)
      await lent.ask(timeoutOf(largeTimeoutMs))
      const statement = { text: this.#texts.staged, values: [...values, token] }
      const rows = await lent.ask({ ...statement, timeoutMs: largeTimeoutMs })
      await lent.ask({ text: 'TRUNCATE pg_temp.staged' })
      await lent.ask(timeoutOf(statementTimeoutMs))
      return rows
    }
    await this.#untilDecided(commit, isList)
  }

  /**
   * Rejects with StorageConflict, with StorageFailure, or with what the writes threw; in each case
   * nothing was applied.
   */
  async #untilDecided(
    send: (lent: Lent, token: Buffer) => Promise<readonly Row[]>,
    mayRepeat = true,
  ): Promise<void> {
    const { connections, settlement, leaderWaitMs, nowMs } = this.#options
    const untilMs = nowMs() + leaderWaitMs
    for (;;) {
      const lent = await connections.lend('statements', untilMs)
      const token = settlement.nextToken()
      let failure: unknown
      try {
        const [row] = await send(lent, token)
        lent.release(false)
        if (row?.[0] === 't') return
        throw new StorageConflict('a key has changed')
      } catch (error) {
        if (error instanceof StorageConflict) throw error
        failure = error
      }
      if (await this.#tookPlace(lent, token, failure)) return
      if (!mayRepeat || nowMs() >= untilMs) throw refusal(failure)
      await connections.pause(retryPauseMs)
    }
  }

  /** Whether a commit that failed took place all the same. Throws when it is not to be repeated. */
  async #tookPlace(lent: Lent, token: Buffer, failure: unknown): Promise<boolean> {
    const isOwn = failure instanceof SourceFailure || failure instanceof StorageFailure
    const fate = isOwn ? 'refused' : fateOf(failure)
    lent.release(fate !== 'again')
    if (failure instanceof SourceFailure) throw failure.cause
    if (failure instanceof StorageFailure) throw failure
    if (fate === 'refused') throw refusal(failure)
    if (fate === 'again') return false
    await lent.doubt()
    return fate === 'unknown' && this.#options.settlement.settle(token)
  }
}

const timeoutOf = (ms: number): Statement => ({ text: `SET statement_timeout = ${ms}` })
