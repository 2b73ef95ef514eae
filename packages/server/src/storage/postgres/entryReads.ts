import type { Bytes, Versioned } from '../engine.ts'
import { byteaArray } from './binaryArrays.ts'
import { quoted } from './quoted.ts'
import { bytesOf, type Row, type Statement } from './session.ts'
import { storedKey } from './storedKey.ts'

type Ask = (statement: Statement) => Promise<readonly Row[]>

/** Reads of entries by their keys, each one statement and so one state. */
export class EntryReads {
  readonly #texts: { readonly one: string; readonly many: string }

  constructor(schema: string) {
    const entries = `${quoted(schema)}.entries`
    this.#texts = {
      one: `SELECT v, h FROM ${entries} WHERE k = $1`,
      many: `SELECT x.v, x.h FROM unnest($1::bytea[]) WITH ORDINALITY AS q(k, i)
        LEFT JOIN ${entries} AS x USING (k) ORDER BY q.i`,
    }
  }

  /** A row for each key, that of an absent one undefined or of nulls. */
  async rows(ask: Ask, keys: readonly Bytes[]): Promise<readonly (Row | undefined)[]> {
    const [only] = keys
    if (only === undefined) return []
    if (keys.length === 1) {
      const [row] = await ask(this.#one(only))
      return [row]
    }
    const values = [byteaArray(keys.map((key) => storedKey(key).k))]
    return ask({ name: 'many', text: this.#texts.many, values })
  }

  #one(key: Bytes): Statement {
    return { name: 'one', text: this.#texts.one, values: [storedKey(key).k] }
  }
}

export const valueOf = (row: Row | undefined): Bytes | undefined =>
  typeof row?.[0] === 'string' ? bytesOf(row[0]) : undefined

export const versionedOf = (row: Row | undefined): Versioned | undefined => {
  const value = valueOf(row)
  return value && { value, version: row?.[1] as string }
}
