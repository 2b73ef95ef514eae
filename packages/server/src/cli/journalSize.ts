const leastBytes = 1024
const mostBytes = 1024 ** 4

/** Whether a journal may be that large. */
export function isJournalSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= leastBytes && bytes <= mostBytes
}

/** What {@link isJournalSize} takes, as the end of a sentence. */
export const journalSizeText: string = `a whole number from ${leastBytes} to ${mostBytes}`
