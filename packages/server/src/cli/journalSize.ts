import type { NumberRange } from './flagValue.ts'

const leastBytes = 1024
/** A file may grow to twice that and one commit, and Node reads files below 2 GiB in one piece. */
const mostBytes = 512 * 1024 ** 2

export const journalSizeRange: NumberRange = { least: leastBytes, most: mostBytes, isWhole: true }

/** Whether a journal may be that large. */
export const isJournalSize = (bytes: number): boolean =>
  Number.isInteger(bytes) && bytes >= leastBytes && bytes <= mostBytes

/** What {@link isJournalSize} takes, as the end of a sentence. */
export const journalSizeText: string = `a whole number from ${leastBytes} to ${mostBytes}`
