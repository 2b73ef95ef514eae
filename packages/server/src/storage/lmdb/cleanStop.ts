import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { maxUnprovedStops } from '../../limits.ts'
import { verifyStoreFile } from './storeFile.ts'

/** In the data directory, whose names a start flushes before it changes anything. */
const markName = 'clean-stop'

/** The mark of a clean stop. */
export interface Mark {
  /** What {@link verifyStoreFile} called the file. */
  readonly text: string
  /** How many servers in a row have used the file, and ended before they had proved it. */
  readonly unprovedStops: number
}

const markPattern = /^(?<text>[^\n]*\n)(?:unproved stops (?<unprovedStops>\d+)\n)?$/

/**
 * Takes away the mark that a clean stop has left in `directory` and gives it; undefined when there
 * is none that can be read, or the store is to be proved at last. Throws the system's error for a
 * mark that cannot be removed: it would be there after a crash, too.
 */
export function takeMark(directory: string): Mark | undefined {
  const path = join(directory, markName)
  const parts = markPattern.exec(readMark(path) ?? '')?.groups
  rmSync(path, { force: true })
  if (parts?.['text'] === undefined) return undefined
  const unprovedStops = Number(parts['unprovedStops'] ?? 0)
  return unprovedStops >= maxUnprovedStops ? undefined : { text: parts['text'], unprovedStops }
}

function readMark(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Leaves the mark of a clean stop in `directory`: what the file at `dataFile` is. REQUIRES: all of
 * the file has been proved, by this process or, where there are `unprovedStops`, by an earlier one
 * since which there were only clean stops; this one has written everything and has it open no more.
 * Without the mark, such as when it cannot be written, the next start proves the file first.
 */
export async function leaveMark(
  directory: string,
  dataFile: string,
  unprovedStops: number,
): Promise<void> {
  try {
    const { mark } = await verifyStoreFile(dataFile, { extent: 'beginning' })
    const history = unprovedStops === 0 ? '' : `unproved stops ${unprovedStops}\n`
    writeFileSync(join(directory, markName), mark + history)
  } catch {
    // Whatever it is, the next start finds it.
  }
}
