import type { Clock, Random } from '../../clock.ts'
import { LogTaken, NotNow, type ChangeLog, type ChangeRound } from '../changeLog.ts'
import type { Bytes } from '../engine.ts'
import { bigintArray } from './binaryArrays.ts'
import { commitFunctions, type CommitForm } from './commitFunctions.ts'
import type { Connections } from './connections.ts'
import { isServerError } from './failures.ts'
import { retiredTo } from './movingNote.ts'
import type { PostgresSnapshot } from './postgresSnapshot.ts'
import { quoted, quotedText } from './quoted.ts'
import { bytesOf } from './session.ts'
import { beginningOf } from './storedKey.ts'

const pageNotes = 10_000
const settledAtOnce = 10_000
const pollMs = 10
const moverBytes = 16

/** How long commits may take, those that are staged. */
const longestCommitMs = 10 * 60 * 1000
/** How long commits and reads are waited for while nobody writes. */
const patienceMs = 5000
/** How long nobody writes at most; commits wait for longer. */
const stoppedMs = 15_000

/** Codes of our own, beside those of the functions. */
const takenCode = 'DY003'
const writtenCode = 'DY004'
/** lock_not_available */
const lockedCode = '55P03'

/**
 * The transactions of others that may be commits, by virtual ids, which are used once. What a
 * session does is shown from before its transaction begins; of some nobody may know.
 */
const commitsText = `SELECT l.virtualtransaction FROM pg_catalog.pg_locks AS l
  JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
  WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND l.pid <> pg_backend_pid()
    AND a.datname = current_database()
    AND (a.query IS NULL OR a.query = '' OR a.state = 'disabled'
      OR a.query LIKE '%insufficient privilege%' OR position($1 IN a.query) > 0)`

export interface ChangeLogParts {
  readonly connections: Connections
  readonly schema: string
  readonly random: Random
  readonly clock: Clock
  readonly snapshot: () => PostgresSnapshot
}

/**
 * What is committed into a store in PostgreSQL while it is moved: the functions that commit are
 * replaced by ones that note their keys, in the same transaction. So a snapshot has exactly the
 * notes of what it shows. Only the owner of the functions can replace them.
 *
 * INVARIANT: when a form is in force, no commit that began in another one can still take effect.
 * One that did has been waited for, and those that begin later find the new functions.
 */
export class PostgresChangeLog implements ChangeLog {
  readonly retiredTo: string | undefined
  readonly #parts: ChangeLogParts
  readonly #schema: string
  /** Whose log it is: whoever opens it later takes it over. */
  readonly #mover: string

  private constructor(parts: ChangeLogParts, to: string | undefined) {
    this.#parts = parts
    this.#schema = quoted(parts.schema)
    this.#mover = Buffer.from(parts.random.bytes(moverBytes)).toString('hex')
    this.retiredTo = to
  }

  /** Rejects with StorageFailure, as without the right to replace the functions. */
  static async open(parts: ChangeLogParts): Promise<PostgresChangeLog> {
    const ask = (statement: Parameters<Connections['ask']>[0]) => parts.connections.ask(statement)
    const log = new PostgresChangeLog(parts, await retiredTo(ask, parts.schema))
    await log.#begin()
    return log
  }

  async #begin(): Promise<void> {
    const s = this.#schema
    // Who starts the store of another schema may have the right to write here, and no other.
    await this.#run(`
      CREATE TABLE IF NOT EXISTS ${s}.changed
        (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, k bytea NOT NULL, rest bytea);
      GRANT INSERT ON ${s}.changed TO PUBLIC;
      CREATE TABLE IF NOT EXISTS ${s}.moving (mover text NOT NULL, retired_to text);
      INSERT INTO ${s}.moving SELECT '' WHERE NOT EXISTS (SELECT 1 FROM ${s}.moving);
      UPDATE ${s}.moving SET mover = '${this.#mover}';
      DELETE FROM ${s}.changed;`)
    if (this.retiredTo === undefined) await this.#enforce('noting')
  }

  async next(): Promise<ChangeRound> {
    const snapshot = this.#parts.snapshot()
    try {
      const { keys, numbers } = await this.#notes(snapshot)
      const settle = (): Promise<void> => this.#settle(numbers)
      return { snapshot, keys, isIncomplete: false, settle }
    } catch (error) {
      snapshot.close()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#requireOwn()
    const text = `SELECT extract(epoch FROM clock_timestamp()) + ${stoppedMs / 1000}`
    const [row] = await this.#parts.connections.ask({ text })
    await this.#enforce({ waitingUntil: row?.[0] as string }, patienceMs)
  }

  /**
   * Whoever reads or writes is waited for, and finds no table any more. A note in spite of the
   * stop is of a commit that came when it was over, by the clock of the node that led then.
   */
  async retire(to: string): Promise<void> {
    const s = this.#schema
    await this.#inOne(`
      PERFORM set_config('lock_timeout', '${patienceMs}', true);
      IF to_regclass(${quotedText(`${s}.entries`)}) IS NOT NULL THEN
        LOCK TABLE ${s}.entries IN ACCESS EXCLUSIVE MODE;
        IF EXISTS (SELECT 1 FROM ${s}.changed) THEN
          RAISE EXCEPTION USING ERRCODE = '${writtenCode}', MESSAGE = 'a commit came late';
        END IF;
        ALTER TABLE ${s}.entries RENAME TO moved_entries;
      END IF;
      UPDATE ${s}.moving SET retired_to = ${quotedText(to)};`)
  }

  async resume(): Promise<void> {
    const s = this.#schema
    await this.#inOne(`
      UPDATE ${s}.moving SET retired_to = NULL;
      ALTER TABLE IF EXISTS ${s}.moved_entries RENAME TO entries;`)
    await this.#enforce('noting')
  }

  async shutOut(): Promise<void> {
    await this.#run(`${commitFunctions(this.#parts.schema, 'refusing')}
      DROP TABLE IF EXISTS ${this.#schema}.changed;`)
  }

  async end(): Promise<void> {
    const s = this.#schema
    const ask = (statement: Parameters<Connections['ask']>[0]) =>
      this.#parts.connections.ask(statement)
    if ((await retiredTo(ask, this.#parts.schema)) !== undefined) return
    if (!(await this.#isOwn())) return
    await this.#enforce('plain')
    await this.#run(`DROP TABLE IF EXISTS ${s}.changed; DROP TABLE IF EXISTS ${s}.moving;`)
  }

  /** Statements that may be made again: one transaction. */
  async #run(text: string): Promise<void> {
    await this.#parts.connections.ask({ text })
  }

  /** The same, as long as nobody else has the log. Rejects with LogTaken and NotNow, too. */
  async #inOne(statements: string): Promise<void> {
    const own = `SELECT 1 FROM ${this.#schema}.moving WHERE mover = '${this.#mover}' FOR UPDATE`
    const body = `BEGIN
      IF NOT EXISTS (${own}) THEN RAISE EXCEPTION USING ERRCODE = '${takenCode}'; END IF;
      ${statements} END`
    try {
      await this.#run(`DO ${quotedText(body)}`)
    } catch (error) {
      const { cause } = error as Error
      const code = isServerError(cause) ? cause.code : undefined
      if (code === takenCode) throw takenOver()
      if (code === writtenCode) throw new NotNow('a commit came late', { cause })
      if (code === lockedCode) throw new NotNow('a read does not end', { cause })
      throw error
    }
  }

  async #enforce(form: CommitForm, mostMs: number = longestCommitMs): Promise<void> {
    const { connections, clock, schema } = this.#parts
    await this.#run(commitFunctions(schema, form))
    const untilMs = clock.monotonicMs() + mostMs
    const waitedFor = new Set(await this.#commitsUnderWay())
    while (waitedFor.size > 0) {
      const now = new Set(await this.#commitsUnderWay())
      for (const each of waitedFor) if (!now.has(each)) waitedFor.delete(each)
      if (waitedFor.size === 0) return
      if (clock.monotonicMs() > untilMs) throw new NotNow('a commit does not end')
      await connections.pause(pollMs)
    }
  }

  async #commitsUnderWay(): Promise<string[]> {
    const values = [`${this.#schema}.commit`]
    const rows = await this.#parts.connections.ask({ text: commitsText, values })
    return rows.map(([id]) => id as string)
  }

  async #isOwn(): Promise<boolean> {
    const text = `SELECT 1 FROM ${this.#schema}.moving WHERE mover = $1`
    const rows = await this.#parts.connections.ask({ text, values: [this.#mover] })
    return rows.length > 0
  }

  async #requireOwn(): Promise<void> {
    if (!(await this.#isOwn())) throw takenOver()
  }

  /** All notes of what the snapshot shows, which are this log's as long as nobody takes it over. */
  async #notes(
    snapshot: PostgresSnapshot,
  ): Promise<{ readonly keys: readonly Bytes[]; readonly numbers: readonly number[] }> {
    const own = `SELECT 1 FROM ${this.#schema}.moving WHERE mover = $1`
    const isOwn = await snapshot.rows({ text: own, values: [this.#mover] })
    if (isOwn.length === 0) throw takenOver()
    const keys = new Map<string, Bytes>()
    const numbers: number[] = []
    const text = `SELECT n, k, rest FROM ${this.#schema}.changed WHERE n > $1
      ORDER BY n LIMIT ${pageNotes}`
    for (let last = 0; ; last = numbers.at(-1) as number) {
      const rows = await snapshot.rows({ name: 'notes', text, values: [String(last)] })
      for (const [n, k, rest] of rows) {
        numbers.push(Number(n))
        const key = keyOf(bytesOf(k), rest)
        keys.set(key.toString('latin1'), key)
      }
      if (rows.length < pageNotes) return { keys: [...keys.values()], numbers }
    }
  }

  /** Notes of commits that the snapshot has not shown may have smaller numbers. */
  async #settle(numbers: readonly number[]): Promise<void> {
    const text = `DELETE FROM ${this.#schema}.changed WHERE n = ANY ($1::bigint[])`
    for (let from = 0; from < numbers.length; from += settledAtOnce) {
      const some = numbers.slice(from, from + settledAtOnce)
      await this.#parts.connections.ask({ text, values: [bigintArray(some)] })
    }
  }
}

function keyOf(k: Buffer, rest: string | null | undefined): Buffer {
  if (rest === null || rest === undefined) return k
  return Buffer.concat([beginningOf(k), bytesOf(rest)])
}

const takenOver = (): LogTaken => new LogTaken('another dynatom migrate moves this store by now')
