import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { KeysOfTable } from '../database/keysOfTable.ts'
import type { Progress } from '../parts/works.tsx'
import { countText } from '../values/figures.ts'
import { fileText } from './fileText.ts'
import { ItemWriter, type Import, type RefusedLine } from './importItems.ts'
import { rowReader, type Format, type ImportRow } from './itemFormats.ts'

export interface FileImport extends Import {
  readonly client: DynamoDBClient
  readonly file: File
  readonly format: Format
  readonly keys: KeysOfTable
  readonly onProgress: (progress: Progress) => void
  readonly onRefused: (refused: RefusedLine) => void
  readonly signal: AbortSignal
}

/** What became of a file. */
export interface ImportResult {
  readonly written: number
  readonly refused: number
  /** The last line that was looked at; lines behind it were not, when it has not `ended`. */
  readonly lastLine: number
  readonly ended: 'whole' | 'stopped' | 'failed'
  /** Why it failed. */
  readonly failure: string | undefined
}

const rowsBetweenProgress = 100

/**
 * Puts the items of a file into a table. INVARIANT: each line up to `lastLine` that is not blank is
 * written or told to `onRefused`, however it ends. Never rejects.
 */
export async function importFile(settings: FileImport): Promise<ImportResult> {
  const { client, file, format, keys, onProgress, signal } = settings
  let refused = 0
  let lastLine = 0
  const writer = new ItemWriter(client, settings, (line) => {
    refused += 1
    settings.onRefused(line)
  })
  const result = (ended: ImportResult['ended'], failure?: string): ImportResult => {
    return { written: writer.written, refused, lastLine, ended, failure }
  }
  function tell(bytesRead: number): void {
    const text = `${countText(writer.written)} written, ${countText(refused)} refused`
    onProgress({ done: bytesRead, of: file.size, text })
  }
  /** False when it is to end. */
  async function takeAll(rows: readonly ImportRow[], bytesRead: number): Promise<boolean> {
    for (const [i, row] of rows.entries()) {
      if (signal.aborted) return false
      lastLine = row.line
      await writer.take(row)
      if (i % rowsBetweenProgress === 0) tell(bytesRead)
    }
    return true
  }
  try {
    const reader = rowReader(format, keys)
    for await (const { text, bytesRead } of fileText(file)) {
      if (!(await takeAll(reader.push(text), bytesRead))) break
    }
    if (!signal.aborted) await takeAll(reader.end(), file.size)
    await writer.settle()
    return result(signal.aborted ? 'stopped' : 'whole')
  } catch (error) {
    await writer.settle()
    return result('failed', error instanceof Error ? error.message : String(error))
  }
}
