const leastBytes = 1024
/** A file may grow to twice that and one commit, and Node reads files below 2 GiB in one piece. */
const mostBytes = 512 * 1024 ** 2

/** Whether a journal may be that large. */
export function isJournalSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= leastBytes && bytes <= mostBytes
}

/** What {@link isJournalSize} takes, as the end of a sentence. */
export const journalSizeText: string = `a whole number from ${leastBytes} to ${mostBytes}`
