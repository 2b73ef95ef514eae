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
