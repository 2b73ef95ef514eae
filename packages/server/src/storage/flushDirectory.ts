import { closeSync, fsyncSync, openSync } from 'node:fs'

/**
 * Makes the names in `path` survive a crash. Systems that cannot open a directory keep their names
 * by themselves.
 */
export function flushDirectory(path: string): void {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(descriptor)
  } catch {
    // Not every file system can; the commit that follows does what it can.
  } finally {
    closeSync(descriptor)
  }
}
