import { crc32 } from 'node:zlib'
import type { LoopTurns } from '../clock.ts'
import {
  StorageConflict,
  type Bytes,
  type Expectation,
  type MaybePromise,
  type Version,
} from './engine.ts'

const lengthRange = 2 ** 21

/**
 * The version of a value, worked out of it: for engines that one process owns. There the writers of
 * a key already wait for each other, and a version only confirms that they did.
 */
export const contentVersion = (value: Bytes): Version =>
  crc32(value) * lengthRange + (value.length % lengthRange)

/**
 * Throws or rejects with StorageConflict unless the keys have the versions that are expected of
 * them. With `turns`, other work may go first in between; nobody may change the values meanwhile.
 */
export function requireVersions(
  expectations: readonly Expectation[],
  versionOf: (key: Bytes) => Version | undefined,
  turns?: LoopTurns,
): MaybePromise<void> {
  for (let i = 0; i < expectations.length; i++) {
    const turn = turns?.next()
    if (turn !== undefined) {
      return turn.then(() => requireVersions(expectations.slice(i), versionOf, turns))
    }
    const { key, version } = expectations[i] as Expectation
    if (versionOf(key) !== version) throw new StorageConflict('a key has changed')
  }
}
