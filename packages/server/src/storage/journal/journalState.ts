import type { JournalFiles } from './journalFiles.ts'
import {
  JournalDamage,
  readJournal,
  type JournalContent,
  type JournalRecord,
} from './journalRecord.ts'

/** What the files of a journal hold, for a store that has the commits up to some number. */
export interface JournalState {
  /** The records that the store lacks, in order. */
  readonly missing: readonly JournalRecord[]
  /** The file that takes the next record. */
  readonly current: FileEnd
  readonly nextSequence: number
  /** The files before it, in order. */
  readonly older: readonly FileEnd[]
}

/** A file, and where its last whole commit ends. */
export interface FileEnd {
  readonly number: number
  readonly endOffset: number
  /** Sequence number of its first record. */
  readonly base: number
  /** Whether it has the form that is written today. */
  readonly isNewest: boolean
}

interface FoundFile {
  readonly number: number
  /** Undefined when not even its head was written. */
  readonly content: JournalContent | undefined
}

interface UsedFile {
  readonly number: number
  readonly content: JournalContent
}

/**
 * Reads a journal and changes nothing. `applied` is the number of the last commit that the store
 * has. Throws {@link JournalDamage} when a file is damaged or missing.
 *
 * Every file but the current one ends with a closing record, which is written when the next file is
 * there. So the current file is the first without one. A file behind it was made for a turn that
 * failed; it has no records and does not count.
 */
export function readJournalState(files: JournalFiles, applied: number): JournalState {
  const found = readAll(files)
  const position = found.findIndex(({ content }) => content !== undefined && !content.isClosed)
  if (position < 0) throw new JournalDamage(missingText(found))
  if (found.slice(position + 1).some(isUsed)) {
    throw new JournalDamage('a file of its journal is cut short')
  }
  const used = found.slice(0, position + 1).map(requireHead)
  const current = used[position] as UsedFile
  const needed = used.filter((file) => file === current || endOf(file) > applied + 1)
  let next = Math.min((needed[0] as UsedFile).content.base, applied + 1)
  for (const file of needed) {
    if (file.content.base !== next) throw new JournalDamage('commits of its journal are missing')
    next = endOf(file)
  }
  if (next <= applied) throw new JournalDamage('its journal ends before it does')
  return {
    missing: needed
      .flatMap(({ content }) => content.records)
      .filter(({ sequence }) => sequence > applied),
    current: fileEnd(current),
    nextSequence: next,
    older: used.slice(0, -1).map(fileEnd),
  }
}

/** Throws {@link JournalDamage} when there is a journal whose store is gone. */
export function requireNoJournal(files: JournalFiles): void {
  const isOfAnother = readAll(files).some((file) => isUsed(file) || baseOf(file) > 1)
  if (isOfAnother) throw new JournalDamage('its journal continues another one')
}

const readAll = (files: JournalFiles): FoundFile[] =>
  files.list().map((number) => ({ number, content: readJournal(files.read(number)) }))

const isUsed = ({ content }: FoundFile): boolean => (content?.records.length ?? 0) > 0

const baseOf = ({ content }: FoundFile): number => content?.base ?? 1

/** The sequence number after the last record of a file. */
const endOf = ({ content }: UsedFile): number => content.base + content.records.length

const fileEnd = ({ number, content }: UsedFile): FileEnd => ({
  number,
  endOffset: content.endOffset,
  base: content.base,
  isNewest: content.isNewest,
})

function requireHead({ number, content }: FoundFile): UsedFile {
  if (content === undefined) throw new JournalDamage('a file of its journal is empty')
  return { number, content }
}

const missingText = (found: readonly FoundFile[]): string =>
  found.length === 0 ? 'its journal is missing' : 'the newest file of its journal is missing'
