import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { pageBytes } from './fileCheck/pageFile.ts'

/** The file of the entries in the directory of the store; LMDB's name. */
export const dataFileName = 'data.mdb'
const lockFileName = 'lock.mdb'

/** More than LMDB maps of its lock file for the readers that lmdb-js asks for. */
const lockFileBytes = 3 * 4096
/** What a store takes until its first commits are in it. */
const newStoreBytes = 8 * pageBytes

/*
 * When LMDB cannot open an environment, lmdb-js 3.5 ends the process by a signal in place of an
 * error; and so does the system when there is no room for a page of the lock file, which LMDB maps
 * before any of it is written. So what LMDB is going to ask for is asked for first, by calls whose
 * refusal is an error.
 */

/**
 * Makes the directory of a new store. Throws the system's error when no store can be made in it.
 */
export function prepareNewStore(path: string): void {
  mkdirSync(path)
  const data = openSync(join(path, dataFileName), 'wx')
  try {
    writeAll(data, Buffer.alloc(newStoreBytes))
    ftruncateSync(data, 0)
  } finally {
    closeSync(data)
  }
}

/**
 * Throws the system's error when LMDB could not open the store in the directory `path`. REQUIRES:
 * no other process has the store.
 */
export function requireOpenable(path: string): void {
  closeSync(openSync(join(path, dataFileName), 'r+'))
  const lock = openFile(join(path, lockFileName))
  try {
    const content = Buffer.alloc(Math.max(lockFileBytes, fstatSync(lock).size))
    readSync(lock, content, 0, content.length, 0)
    writeAll(lock, content)
  } finally {
    closeSync(lock)
  }
}

/** Opens a file for reading and writing, created if absent, with what it holds. */
function openFile(path: string): number {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return openSync(path, 'wx+')
  }
}

/** A write to a file system that is almost full may be a short one. */
function writeAll(file: number, content: Buffer): void {
  for (let done = 0; done < content.length; ) {
    done += writeSync(file, content, done, content.length - done, done)
  }
}
