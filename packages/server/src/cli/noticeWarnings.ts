import { unreachable } from '../invariant.ts'
import type { Notice } from '../operations/notice.ts'

/** Tells `warn` of the first notice of each kind, in a sentence for the operator. */
export function warningsOfNotices(warn: (message: string) => void): (notice: Notice) => void {
  const told = new Set<Notice['kind']>()
  return (notice) => {
    if (told.has(notice.kind)) return
    told.add(notice.kind)
    warn(sentenceOf(notice))
  }
}

function sentenceOf(notice: Notice): string {
  switch (notice.kind) {
    case 'streamWithoutRecords':
      return (
        `Table ${notice.tableName} was given a stream, but streams are not available in Dynatom ` +
        'yet: the table describes one, and no change is recorded. Said once for all tables.'
      )
    default:
      return unreachable(notice.kind)
  }
}
