import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StoreUnavailable } from '../engine.ts'

/**
 * LMDB's file begins with two copies of its meta page, and of them the one with the higher
 * transaction id counts. Offsets in a meta page, all numbers little-endian as on every machine this
 * runs on:
 *
 *     24  magic number        48  page size           88  root page of the list of free pages
 *     136 root page of the entries                    152 transaction id
 */
const magicNumber = 0xbeefc0de
const metaBytes = 160
const noPage = 0xffff_ffff_ffff_ffffn

interface Meta {
  readonly pageSize: number
  readonly transactionId: bigint
  /** Both root pages. */
  readonly roots: readonly bigint[]
}

/**
 * Throws StoreUnavailable unless the file at `path` is absent, empty or a whole LMDB file as far as
 * its first pages tell. LMDB maps the file into memory and would end the process by a signal at one
 * that is cut short or something else.
 */
export function checkStoreFile(path: string): void {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new StoreUnavailable(`The store cannot be read: ${(error as Error).message}.`)
  }
  try {
    const sizeBytes = fstatSync(file).size
    if (sizeBytes > 0 && !isWhole(file, sizeBytes)) {
      throw new StoreUnavailable(`The file ${path} is damaged, or was not written by Dynatom.`)
    }
  } finally {
    closeSync(file)
  }
}

function isWhole(file: number, sizeBytes: number): boolean {
  const first = readMeta(file, 0)
  if (first === undefined) return false
  const second = readMeta(file, first.pageSize)
  if (second === undefined) return false
  const { roots, pageSize } = second.transactionId > first.transactionId ? second : first
  const pageCount = BigInt(Math.floor(sizeBytes / pageSize))
  return roots.every((root) => root === noPage || root < pageCount)
}

function readMeta(file: number, offset: number): Meta | undefined {
  const bytes = Buffer.alloc(metaBytes)
  if (readSync(file, bytes, 0, metaBytes, offset) < metaBytes) return undefined
  if (bytes.readUInt32LE(24) !== magicNumber) return undefined
  return {
    pageSize: bytes.readUInt32LE(48),
    roots: [bytes.readBigUInt64LE(88), bytes.readBigUInt64LE(136)],
    transactionId: bytes.readBigUInt64LE(152),
  }
}
