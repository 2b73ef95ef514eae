import type { KeysOfTable } from '../database/keysOfTable.ts'
import type { Progress } from '../parts/works.tsx'
import { csvField } from '../values/csv.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { countText } from '../values/figures.ts'
import { columnName, CsvColumns, csvLine } from './csvColumns.ts'
import { jsonLine, rowReader, type Format } from './itemFormats.ts'

export interface Export {
  readonly format: Format
  readonly keys: KeysOfTable
  /** What is exported, page by page. */
  readonly pages: AsyncIterable<readonly Item[]>
  /** About how many items there are, where anybody knows. */
  readonly of: number | undefined
  readonly onProgress: (progress: Progress) => void
  readonly signal: AbortSignal
}

/** A piece of a file has about this many characters; the browser keeps pieces outside memory. */
const pieceLength = 2 ** 20

export interface Exported {
  readonly file: Blob
  readonly count: number
}

/**
 * A file of all items. INVARIANT: memory holds a page and a piece, however many items there are.
 * Columns of CSV are known only when all items have been read, so that those are kept as JSON
 * meanwhile. Rejects with the database's error; undefined when it was stopped.
 */
export async function exportItems(settings: Export): Promise<Exported | undefined> {
  const { format, pages, of, onProgress, signal } = settings
  const pieces = new Pieces()
  const columns = new CsvColumns()
  let count = 0
  for await (const items of pages) {
    if (signal.aborted) return undefined
    for (const item of items) {
      if (format === 'csv') columns.add(item)
      pieces.add(jsonLine(format === 'csv' ? 'dynamodb' : format, item))
    }
    count += items.length
    onProgress({ done: count, of, text: `${countText(count)} items read` })
  }
  if (format !== 'csv') return { file: pieces.file('application/x-ndjson'), count }
  const file = await asCsv(pieces.all(), columns, count, settings)
  return file === undefined ? undefined : { file, count }
}

async function asCsv(
  jsonPieces: readonly Blob[],
  known: CsvColumns,
  count: number,
  { keys, onProgress, signal }: Export,
): Promise<Blob | undefined> {
  const columns = known.sorted(keys.keyNames)
  const pieces = new Pieces()
  pieces.add(columns.map((column) => csvField(columnName(column, keys.keyTypes))).join(','))
  let written = 0
  for (const piece of jsonPieces) {
    if (signal.aborted) return undefined
    const reader = rowReader('dynamodb', keys)
    for (const { item } of [...reader.push(await piece.text()), ...reader.end()]) {
      if (item === undefined) continue
      pieces.add(csvLine(item, columns))
      written += 1
    }
    onProgress({ done: written, of: count, text: `${countText(written)} items written` })
  }
  return pieces.file('text/csv')
}

/** Lines of a file. */
class Pieces {
  private readonly blobs: Blob[] = []
  private lines: string[] = []
  private length = 0

  add(line: string): void {
    this.lines.push(line)
    this.length += line.length
    if (this.length >= pieceLength) this.cut()
  }

  all(): readonly Blob[] {
    this.cut()
    return this.blobs
  }

  file(type: string): Blob {
    return new Blob([...this.all()], { type })
  }

  private cut(): void {
    if (this.lines.length === 0) return
    this.blobs.push(new Blob([`${this.lines.join('\n')}\n`]))
    this.lines = []
    this.length = 0
  }
}

/** Has the browser save a file. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  // The browser has opened it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
