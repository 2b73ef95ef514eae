import { JsonFault } from './exactJson.ts'

/** A field of a record; one that is empty and one that is an empty text differ by their quotes. */
export interface CsvField {
  readonly text: string
  readonly isQuoted: boolean
}

/** A record of CSV (RFC 4180), or why it is none. */
export interface CsvRecord {
  /** That it begins in, from 1. */
  readonly line: number
  readonly text: string
  readonly fields: readonly CsvField[]
  readonly fault: string | undefined
}

/** No record of a table is longer than this, in characters: an item has at most 400 KB. */
const longest = 8 * 2 ** 20

type State = 'start' | 'plain' | 'quoted' | 'closed'

/**
 * Reads records from pieces of a text. A record that is none is told and the next line is read;
 * quotes that do not end are a fault of the line that they begin in alone. Blank lines are no
 * records.
 */
export class CsvReader {
  private rest = ''
  private line = 1
  private isFirst = true
  /** What the record that is not whole was in the midst of. */
  private within: State = 'start'

  /** The records that `piece` completes. Throws JsonFault for a line that no item can fill. */
  push(piece: string): readonly CsvRecord[] {
    this.rest += piece
    if (this.isFirst && this.rest !== '') {
      this.isFirst = false
      this.rest = this.rest.replace(/^\uFEFF/, '')
    }
    const ends = this.within === 'quoted' ? /"/ : /["\n]/
    const mayEnd = ends.test(piece) || this.rest.length > longest
    return mayEnd ? this.records(false) : []
  }

  /** The records that are left when there is no more text. */
  end(): readonly CsvRecord[] {
    return this.records(true)
  }

  private records(isEnd: boolean): readonly CsvRecord[] {
    const found: CsvRecord[] = []
    let from = 0
    while (from < this.rest.length) {
      const scan = scanned(this.rest, from)
      const isWhole = scan.isWhole || (isEnd && scan.state !== 'quoted')
      this.within = isWhole ? 'start' : scan.state
      if (!isWhole && !isEnd && this.rest.length - from <= longest) break
      const end = isWhole ? scan.end : this.endOfLine(from, isEnd)
      const text = this.rest.slice(from, end).replace(/\r?\n$/, '')
      const fault = isWhole ? scan.fault : 'The quotes of a field do not end.'
      const isBlank = scan.fields.length === 1 && text === ''
      if (!isBlank) {
        const fields = fault === undefined ? scan.fields : []
        found.push({ line: this.line, text, fields, fault })
      }
      this.line += text.split('\n').length
      from = end
    }
    this.rest = this.rest.slice(from)
    return found
  }

  private endOfLine(from: number, isEnd: boolean): number {
    const end = this.rest.indexOf('\n', from)
    if (end !== -1) return end + 1
    if (isEnd) return this.rest.length
    throw new JsonFault(
      `Line ${this.line} is longer than any item: the file has no lines of items.`,
    )
  }
}

interface Scan {
  readonly fields: readonly CsvField[]
  readonly fault: string | undefined
  /** Where the next record begins. */
  readonly end: number
  /** Whether the end of the record was seen. */
  readonly isWhole: boolean
  readonly state: State
}

function scanned(text: string, from: number): Scan {
  const fields: CsvField[] = []
  let fault: string | undefined
  let state: State = 'start'
  let field = ''
  const take = (isQuoted: boolean): void => {
    fields.push({ text: field, isQuoted })
    field = ''
    state = 'start'
  }
  let at = from
  for (; at < text.length; at += 1) {
    const sign = text[at] as string
    if (state === 'quoted') {
      if (sign === '"') state = 'closed'
      else field += sign
    } else if (state === 'closed' && sign === '"') {
      field += sign
      state = 'quoted'
    } else if (sign === '"' && state === 'start') {
      state = 'quoted'
    } else if (sign === ',') {
      take(state === 'closed')
    } else if (sign === '\n' || (sign === '\r' && text[at + 1] === '\n')) {
      const end = at + (sign === '\r' ? 2 : 1)
      take(state === 'closed')
      return { fields, fault, end, isWhole: true, state }
    } else {
      if (state === 'closed') fault ??= 'A field has text behind its quotes.'
      if (sign === '"') fault ??= 'A field that is not in quotes has quotes within.'
      state = 'plain'
      field += sign
    }
  }
  const last = state
  take(last === 'closed')
  return { fields, fault, end: at, isWhole: false, state: last }
}

/** A field that {@link CsvReader} reads as it was; undefined is a field that is not there. */
export function csvField(text: string | undefined): string {
  if (text === undefined) return ''
  const isPlain = text !== '' && !/[",\r\n]/.test(text) && text.trim() === text
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`
}
