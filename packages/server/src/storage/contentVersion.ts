import { crc32 } from 'node:zlib'
import {
  StorageConflict,
  type Bytes,
  type Expectation,
  type Version,
  type Versioned,
} from './engine.ts'

const lengthRange = 2 ** 21

/**
 * The version of a value, worked out of it: for engines that one process owns. There the writers of
 * a key already wait for each other, and a version only confirms that they did.
 */
export const contentVersion = (value: Bytes): Version =>
  crc32(value) * lengthRange + (value.length % lengthRange)

/** A value as it was read, with its {@link contentVersion}. */
export const versioned = (value: Bytes | undefined): Versioned | undefined =>
  value === undefined ? undefined : { value, version: contentVersion(value) }

/** Throws StorageConflict unless `get` finds what is expected. */
export function requireVersions(
  expectations: readonly Expectation[],
  get: (key: Bytes) => Bytes | undefined,
): void {
  for (const { key, version } of expectations) {
    const value = get(key)
    const found = value === undefined ? undefined : contentVersion(value)
    if (found !== version) throw new StorageConflict('a key has changed')
  }
}
