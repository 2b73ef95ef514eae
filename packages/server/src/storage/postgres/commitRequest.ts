import { hash } from 'node:crypto'
import {
  asBuffer,
  type Bytes,
  type Expectation,
  type StorageWrite,
  type Version,
} from '../engine.ts'
import { requireUsableKey } from '../usableKey.ts'
import { bigintArray, byteaArray } from './binaryArrays.ts'
import { locksOf } from './lockNumbers.ts'
import { maxKeyBytes, storedKey, type StoredKey } from './storedKey.ts'

/** Of the digest of a value, as many bytes as nobody can find two values for. */
const versionBytes = 24

const digestOf = (value: Bytes): Buffer => hash('sha256', value, 'buffer').subarray(0, versionBytes)

/** A version is what PostgreSQL writes of the column `h`. */
export const versionOf = (value: Bytes): Version =>
  `\\x${hash('sha256', value).slice(0, 2 * versionBytes)}`

const digestOfVersion = (version: Version): Buffer =>
  Buffer.from((version as string).slice(2), 'hex')

export const keyNameOf = (key: Bytes): string => asBuffer(key).toString('latin1')

/** What the writes of a commit come to: the last one of each key. */
export function lastWrites(writes: readonly StorageWrite[]): StorageWrite[] {
  const last = new Map<string, StorageWrite>()
  for (const write of writes) {
    requireUsableKey(write.key, maxKeyBytes)
    last.set(keyNameOf(write.key), write)
  }
  return [...last.values()]
}

/** The columns of the expectations of a commit: keys and versions. */
export function expectedColumns(
  expectations: readonly Expectation[],
): readonly [ek: Buffer, eh: Buffer, keys: readonly Bytes[]] {
  const keys = expectations.map(({ key }) => storedKey(key).k)
  const versions = expectations.map(({ version }) =>
    version === undefined ? undefined : digestOfVersion(version),
  )
  return [byteaArray(keys), byteaArray(versions), keys]
}

/** The columns of writes that are puts: `k`, `h`, `v` and `rest`. */
export function putColumns(
  puts: readonly (StoredKey & { readonly value: Bytes })[],
): readonly Buffer[] {
  return [
    byteaArray(puts.map(({ k }) => k)),
    byteaArray(digestsOf(puts.map(({ value }) => value))),
    byteaArray(puts.map(({ value }) => value)),
    byteaArray(puts.map(({ rest }) => rest)),
  ]
}

/** Writes of one value follow one another. */
function digestsOf(values: readonly Bytes[]): Buffer[] {
  let last: Bytes | undefined
  let digest: Buffer = Buffer.alloc(0)
  return values.map((value) => {
    if (value !== last) digest = digestOf(value)
    last = value
    return digest
  })
}

/** A commit that is at hand: its last write of each key. */
export interface ListedCommit {
  readonly expectations: readonly Expectation[]
  readonly writes: readonly StorageWrite[]
}

/** What the function `commit_group` is called with, but for the token. Throws StorageFailure. */
export function groupValues(schema: string, group: readonly ListedCommit[]): readonly Buffer[] {
  const all = group.flatMap(({ expectations }) => expectations)
  const [ek, eh, expected] = expectedColumns(all)
  const puts: (StoredKey & { readonly value: Bytes })[] = []
  const deleted: Bytes[] = []
  const [expecting, putting, deleting]: [number[], number[], number[]] = [[], [], []]
  for (const [member, { expectations, writes }] of group.entries()) {
    for (const _ of expectations) expecting.push(member)
    for (const { key, value } of writes) {
      const stored = storedKey(key)
      if (value === undefined) {
        deleted.push(stored.k)
        deleting.push(member)
      } else {
        puts.push({ ...stored, value })
        putting.push(member)
      }
    }
  }
  const written = [...puts.map(({ k }) => k), ...deleted]
  const locks = bigintArray(locksOf(schema, written, expected))
  const relied = [ek, eh, bigintArray(expecting)]
  const put = [...putColumns(puts), bigintArray(putting)]
  return [locks, ...relied, ...put, byteaArray(deleted), bigintArray(deleting)]
}

/** What the function `commit` is called with, but for the token. Throws StorageFailure at a key. */
export function commitValues(
  schema: string,
  expectations: readonly Expectation[],
  writes: readonly StorageWrite[],
): readonly Buffer[] {
  const [ek, eh, expected] = expectedColumns(expectations)
  const puts: (StoredKey & { readonly value: Bytes })[] = []
  const deleted: Bytes[] = []
  for (const { key, value } of writes) {
    const stored = storedKey(key)
    if (value === undefined) deleted.push(stored.k)
    else puts.push({ ...stored, value })
  }
  const written = [...puts.map(({ k }) => k), ...deleted]
  const locks = bigintArray(locksOf(schema, written, expected))
  return [locks, ek, eh, ...putColumns(puts), byteaArray(deleted)]
}
