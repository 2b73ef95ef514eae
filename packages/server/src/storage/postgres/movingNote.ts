import { StoreUnavailable } from '../engine.ts'
import type { PostgresSettings } from './postgresSettings.ts'
import { quoted } from './quoted.ts'
import type { Row, Statement } from './session.ts'

type Ask = (statement: Statement) => Promise<readonly Row[]>

/** Where a store has been moved to for good; undefined of one that is where it was. */
export async function retiredTo(ask: Ask, schema: string): Promise<string | undefined> {
  const table = `SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'moving'`
  const [isThere] = await ask({ text: table, values: [schema] })
  if (isThere === undefined) return undefined
  const [row] = await ask({ text: `SELECT retired_to FROM ${quoted(schema)}.moving` })
  return row?.[0] ?? undefined
}

/**
 * Throws StoreUnavailable for a store that was moved. Who completes a move may open one that was
 * given up, until that has ended: until then its log is there.
 */
export async function requireInPlace(
  ask: Ask,
  { schema, isMoving }: Pick<PostgresSettings, 'schema' | 'isMoving'>,
): Promise<void> {
  const to = await retiredTo(ask, schema)
  if (to === undefined) return
  const tables = `SELECT 1 FROM pg_catalog.pg_tables
    WHERE schemaname = $1 AND tablename = 'changed'`
  const [notes] = await ask({ text: tables, values: [schema] })
  if (isMoving && notes !== undefined) return
  throw new StoreUnavailable(`The store in the schema ${schema} of PostgreSQL was moved to ${to}.`)
}
