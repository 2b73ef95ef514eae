import { keyBehind, type Bytes, type Entry, type KeyRange } from '../engine.ts'
import { quoted } from './quoted.ts'
import { bytesOf, type Row, type Statement } from './session.ts'
import { beginningOf, behindGroup, wholeKeyBytes } from './storedKey.ts'

type Ask = (statement: Statement) => Promise<readonly Row[]>

const firstPageRows = 32
const maxPageRows = 1024
const pageGrowth = 4
/** A page ends behind the value with which it has this many bytes. */
const pageBytes = 1024 * 1024

/** What a page is read of: keys as they are stored, or those of a group by what they end with. */
type Segment =
  | { readonly kind: 'stored'; readonly start: Bytes; readonly end: Bytes }
  | {
      readonly kind: 'group'
      readonly beginning: Bytes
      readonly start: Bytes
      readonly end: Bytes | undefined
    }

interface PageBounds {
  readonly from: Bytes
  readonly to: Bytes | undefined
  /** What all keys of a group begin with; the bounds are those of their ends. */
  readonly group?: Bytes
}

interface Page {
  readonly rows: readonly Row[]
  readonly isLast: boolean
}

/** Reads ranges of the store `schema`, page by page, each from the key behind the last one. */
export class RangePages {
  readonly #entries: string

  constructor(schema: string) {
    this.#entries = `${quoted(schema)}.entries`
  }

  /** The entries of `range`, all of the one state that `ask` reads. */
  async *read(ask: Ask, { start, end, reverse = false }: KeyRange): AsyncGenerator<Entry, void> {
    if (Buffer.compare(start, end) >= 0) return
    const segments = segmentsOf(start, end)
    if (reverse) segments.reverse()
    for (const segment of segments) {
      yield* segment.kind === 'stored'
        ? this.#readStored(ask, segment, reverse)
        : this.#readGroup(ask, segment, reverse)
    }
  }

  async *#readStored(
    ask: Ask,
    { start, end }: Extract<Segment, { kind: 'stored' }>,
    reverse: boolean,
  ): AsyncGenerator<Entry, void> {
    let [from, to] = [start, end]
    for (let limit = firstPageRows; ; limit = Math.min(limit * pageGrowth, maxPageRows)) {
      const page = await this.#page(ask, { from, to }, limit, reverse)
      let last: Bytes | undefined
      let isGroup = false
      for (const [k, v, rest] of page.rows) {
        last = bytesOf(k)
        isGroup = rest !== null
        if (isGroup) break
        yield { key: last, value: bytesOf(v) }
      }
      if (last === undefined) return
      if (isGroup) {
        const beginning = beginningOf(last)
        const whole = { kind: 'group', beginning, start: Buffer.alloc(0), end: undefined } as const
        yield* this.#readGroup(ask, whole, reverse)
        if (reverse) to = keyBehind(beginning)
        else from = behindGroup(beginning)
        continue
      }
      if (page.isLast) return
      if (reverse) to = last
      else from = keyBehind(last)
    }
  }

  async *#readGroup(
    ask: Ask,
    { beginning, start, end }: Extract<Segment, { kind: 'group' }>,
    reverse: boolean,
  ): AsyncGenerator<Entry, void> {
    let [from, to] = [start, end]
    for (let limit = firstPageRows; ; limit = Math.min(limit * pageGrowth, maxPageRows)) {
      const page = await this.#page(ask, { from, to, group: beginning }, limit, reverse)
      let last: Bytes | undefined
      for (const [, v, rest] of page.rows) {
        last = bytesOf(rest)
        yield { key: Buffer.concat([beginning, last]), value: bytesOf(v) }
      }
      if (page.isLast || last === undefined) return
      if (reverse) to = last
      else from = keyBehind(last)
    }
  }

  async #page(
    ask: Ask,
    { from, to, group }: PageBounds,
    limit: number,
    reverse: boolean,
  ): Promise<Page> {
    const bounds = [from, to ?? null, String(limit)]
    const values = group === undefined ? bounds : [...bounds, group, behindGroup(group)]
    const name = `${group === undefined ? 'page' : 'group'}${reverse ? ' back' : ''}`
    const rows = await ask({ name, text: this.#text(group !== undefined, reverse), values })
    let bytes = 0
    for (const [, v] of rows) bytes += ((v as string).length - 2) / 2
    return { rows, isLast: rows.length < limit && bytes < pageBytes }
  }

  /** Sizes are summed up as they lie in the store: what is not of the page is not read. */
  #text(isGroup: boolean, reverse: boolean): string {
    const order = `${isGroup ? 'rest' : 'k'}${reverse ? ' DESC' : ''}`
    const condition = isGroup
      ? 'k > $4 AND k < $5 AND rest >= $1 AND ($2::bytea IS NULL OR rest < $2)'
      : 'k >= $1 AND k < $2'
    return `SELECT k, v, rest FROM (
      SELECT *, sum(octet_length(v)) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)
        - octet_length(v) AS before
      FROM (SELECT k, v, rest FROM ${this.#entries} WHERE ${condition}
        ORDER BY ${order} LIMIT $3) AS page
    ) AS summed WHERE before < ${pageBytes} ORDER BY ${order}`
  }
}

/** The segments of the range from `start` to `end`, in their order. */
function segmentsOf(start: Bytes, end: Bytes): Segment[] {
  const first = start.length > wholeKeyBytes ? beginningOf(start) : undefined
  const last = end.length > wholeKeyBytes ? beginningOf(end) : undefined
  const startOfRest = first === undefined ? undefined : start.subarray(wholeKeyBytes)
  const endOfRest = last === undefined ? undefined : end.subarray(wholeKeyBytes)
  if (first !== undefined && last !== undefined && Buffer.compare(first, last) === 0) {
    return [{ kind: 'group', beginning: first, start: startOfRest as Bytes, end: endOfRest }]
  }
  const segments: Segment[] = []
  if (first !== undefined) {
    const from = startOfRest as Bytes
    segments.push({ kind: 'group', beginning: first, start: from, end: undefined })
  }
  segments.push({
    kind: 'stored',
    start: first === undefined ? start : behindGroup(first),
    end: last === undefined ? end : keyBehind(last),
  })
  if (last !== undefined) {
    const from = Buffer.alloc(0)
    segments.push({ kind: 'group', beginning: last, start: from, end: endOfRest })
  }
  return segments
}
