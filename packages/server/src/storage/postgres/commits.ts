import {
  StorageConflict,
  StorageFailure,
  type Expectation,
  type StorageWrite,
  type StorageWrites,
} from '../engine.ts'
import type { Clock } from '../../clock.ts'
import {
  commitValues,
  expectedColumns,
  groupValues,
  lastWrites,
  type ListedCommit,
} from './commitRequest.ts'
import type { Connections, Lent } from './connections.ts'
import { fateOf, refusal } from './failures.ts'
import { GatheredCommits } from './gatheredCommits.ts'
import { storeLock } from './lockNumbers.ts'
import { quoted } from './quoted.ts'
import type { Row, Statement } from './session.ts'
import { numbersOf, type Settlement } from './settlement.ts'
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
  readonly clock: Clock
}

/** Makes commits, and finds out what became of those whose answer was lost. */
export class Commits {
  readonly #options: CommitsOptions
  readonly #texts: { readonly commit: string; readonly group: string; readonly staged: string }
  readonly #gathered: GatheredCommits

  constructor(options: CommitsOptions) {
    this.#options = options
    const schema = quoted(options.schema)
    this.#texts = {
      commit: `SELECT ${schema}.commit($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      group: `SELECT ${schema}.commit_group($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      staged: `SELECT ${schema}.commit_staged($1, $2, $3, $4)`,
    }
    this.#gathered = new GatheredCommits((group) => this.#makeGroup(group), options.clock)
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
    return this.#gathered.commit({ expectations, writes: lastWrites(list) }, bytes)
  }

  /** The positions of those that are refused. */
  async #makeGroup(group: readonly ListedCommit[]): Promise<readonly number[]> {
    const { schema } = this.#options
    const [only] = group
    if (only !== undefined && group.length === 1) {
      const values = commitValues(schema, only.expectations, only.writes)
      const statement = { name: 'commit', text: this.#texts.commit }
      return this.#untilDecided(async (lent, token) => {
        const rows = await lent.ask({ ...statement, values: [...values, token] })
        return refusedOf(rows)
      })
    }
    const values = groupValues(schema, group)
    const statement = { name: 'commit_group', text: this.#texts.group }
    return this.#untilDecided(async (lent, token) => {
      const [row] = await lent.ask({ ...statement, values: [...values, token] })
      return numbersOf(row?.[0])
    })
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
    const commit = async (lent: Lent, token: Buffer): Promise<readonly number[]> => {
      await stage(lent, writes)
      await lent.ask(timeoutOf(largeTimeoutMs))
      const statement = { text: this.#texts.staged, values: [...values, token] }
      const rows = await lent.ask({ ...statement, timeoutMs: largeTimeoutMs })
      await lent.ask({ text: 'TRUNCATE pg_temp.staged' })
      await lent.ask(timeoutOf(statementTimeoutMs))
      return refusedOf(rows)
    }
    const refused = await this.#untilDecided(commit, isList)
    if (refused.length > 0) throw new StorageConflict('a key has changed')
  }

  /**
   * The positions of the commits that are refused, of which nothing was applied; `send` gives them.
   * Rejects with StorageFailure, or with what the writes threw, and then nothing at all was.
   */
  async #untilDecided(
    send: (lent: Lent, token: Buffer) => Promise<readonly number[]>,
    mayRepeat = true,
  ): Promise<readonly number[]> {
    const { connections, settlement, leaderWaitMs, clock } = this.#options
    const untilMs = clock.monotonicMs() + leaderWaitMs
    for (;;) {
      const lent = await connections.lend('statements', untilMs)
      const token = settlement.nextToken()
      let failure: unknown
      try {
        const refused = await send(lent, token)
        lent.release(false)
        return refused
      } catch (error) {
        failure = error
      }
      const refused = await this.#refusedAfter(lent, token, failure)
      if (refused !== undefined) return refused
      if (!mayRepeat || clock.monotonicMs() >= untilMs) throw refusal(failure)
      await connections.pause(retryPauseMs)
    }
  }

  /**
   * What was refused, when what failed took place all the same. Throws when it is not to be
   * repeated.
   */
  async #refusedAfter(
    lent: Lent,
    token: Buffer,
    failure: unknown,
  ): Promise<readonly number[] | undefined> {
    const isOwn = failure instanceof SourceFailure || failure instanceof StorageFailure
    const fate = isOwn ? 'refused' : fateOf(failure)
    lent.release(fate !== 'again')
    if (failure instanceof SourceFailure) throw failure.cause
    if (failure instanceof StorageFailure) throw failure
    if (fate === 'refused') throw refusal(failure)
    if (fate === 'again') return undefined
    await lent.doubt()
    return fate === 'unknown' ? this.#options.settlement.settle(token) : undefined
  }
}

const refusedOf = ([row]: readonly Row[]): readonly number[] => (row?.[0] === 't' ? [] : [0])

const timeoutOf = (ms: number): Statement => ({ text: `SET statement_timeout = ${ms}` })
