import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { verifyStoreFile } from './storeFile.ts'

/** In the data directory, whose names a start flushes before it changes anything. */
const markName = 'clean-stop'

/**
 * Takes away the mark that a clean stop has left in `directory` and gives its text; undefined when
 * there is none. Throws the system's error for a mark that cannot be removed: it would be there
 * after a crash, too.
 */
export function takeMark(directory: string): string | undefined {
  const path = join(directory, markName)
  const text = readMark(path)
  rmSync(path, { force: true })
  return text
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
 * the file has been proved by this process, which has written everything and has it open no more.
 * Without the mark, such as when it cannot be written, the next start proves the file first.
 */
export async function leaveMark(directory: string, dataFile: string): Promise<void> {
  try {
    const { mark } = await verifyStoreFile(dataFile, { extent: 'beginning' })
    writeFileSync(join(directory, markName), mark)
  } catch {
    // Whatever it is, the next start finds it.
  }
}
