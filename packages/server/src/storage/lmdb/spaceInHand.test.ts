import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StorageFailure } from '../engine.ts'
import { pageBytes } from './fileCheck/pageFile.ts'
import { LmdbEngine } from './lmdbEngine.ts'
import { SpaceInHand } from './spaceInHand.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-space-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('space in hand', () => {
  const path = (): string => join(directory, 'file')
  const sizePages = (): number => statSync(path()).size / pageBytes
  const isAllocated = (): boolean => statSync(path()).blocks * 512 >= statSync(path()).size

  test('is behind what is used, and none is added while there is enough', async () => {
    writeFileSync(path(), Buffer.alloc(3 * pageBytes, 1))
    const space = new SpaceInHand(path())
    await space.reserve(3, 200)
    expect(sizePages()).toBe(203)
    expect(isAllocated()).toBe(true)
    await space.reserve(100, 100)
    expect(sizePages()).toBe(203)
    await space.reserve(100, 150)
    expect(sizePages()).toBe(250)
    await space.close(100)
    expect(sizePages()).toBe(100)
  })

  test('is behind what is used of a file that has become longer meanwhile', async () => {
    writeFileSync(path(), Buffer.alloc(3 * pageBytes, 1))
    const space = new SpaceInHand(path())
    await space.reserve(3, 2)
    writeFileSync(path(), Buffer.alloc(8 * pageBytes, 1))
    await space.reserve(8, 2)
    await space.close(undefined)
    expect(readFileSync(path())).toEqual(
      Buffer.concat([Buffer.alloc(8 * pageBytes, 1), Buffer.alloc(2 * pageBytes)]),
    )
  })

  test('is not a hole that a copy of the file has in its place', async () => {
    writeFileSync(path(), Buffer.alloc(3 * pageBytes, 1))
    truncateSync(path(), 100 * pageBytes)
    expect(isAllocated()).toBe(false)
    const space = new SpaceInHand(path())
    await space.reserve(3, 50)
    await space.close(undefined)
    expect(sizePages()).toBe(53)
    expect(isAllocated()).toBe(true)
  })

  test('that cannot be had is refused in a sentence, and the file stays as it was', async () => {
    writeFileSync(path(), Buffer.alloc(3 * pageBytes, 1))
    const space = new SpaceInHand(path())
    const refusal = space.reserve(3, 2 ** 40)
    await expect(refusal).rejects.toBeInstanceOf(StorageFailure)
    await expect(refusal).rejects.toThrow(/^no space is left on the disk for the store$/)
    await space.close(undefined)
    expect(sizePages()).toBe(3)
  })

  test('of a file that is not there is a failure of the store too', async () => {
    const refusal = new SpaceInHand(path()).reserve(3, 1)
    await expect(refusal).rejects.toBeInstanceOf(StorageFailure)
    await expect(refusal).rejects.toThrow('the file of the store cannot be made larger: ENOENT')
  })
})

test('LMDB never makes its file longer than the space in hand was, and leaves none', async () => {
  const engine = await LmdbEngine.open(directory)
  const file = join(directory, 'store', 'data.mdb')
  let longest = 0
  for (let i = 0; i < 30; i++) {
    const writes = Array.from({ length: 40 }, (_, j) => ({
      key: Buffer.from(`key ${(i * 40 + j) * 7919}`),
      value: Buffer.alloc(i * 100, 1),
    }))
    await engine.commit([], writes)
    expect(statSync(file).blocks * 512).toBeGreaterThanOrEqual(statSync(file).size)
    longest = statSync(file).size
  }
  await engine.close()
  expect(statSync(file).size).toBeLessThan(longest)
  const again = await LmdbEngine.open(directory)
  expect(again.get(Buffer.from('key 0'))).toEqual(Buffer.alloc(0))
  await again.close()
})
