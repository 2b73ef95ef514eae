import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../engine.ts'
import { acquireDirectoryLock } from './directoryLock.ts'

describe('acquireDirectoryLock', () => {
  let directory: string
  const lockPath = (): string => join(directory, 'dynatom.lock')
  const refusal = (pid: number): StoreUnavailable =>
    new StoreUnavailable(
      `The data directory ${directory} is in use by another Dynatom process (pid ${pid}).`,
    )

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dynatom-lock-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  test('holds the directory until it is released, and leaves nothing behind', () => {
    const lock = acquireDirectoryLock(directory)
    expect(() => acquireDirectoryLock(directory)).toThrow(refusal(process.pid))
    lock.release()
    lock.release()
    expect(readdirSync(directory)).toEqual([])
    acquireDirectoryLock(directory).release()
  })

  test('is refused while the holder lives', () => {
    writeFileSync(lockPath(), JSON.stringify({ pid: process.ppid, birth: '' }))
    expect(() => acquireDirectoryLock(directory)).toThrow(refusal(process.ppid))
    expect(readdirSync(directory)).toEqual(['dynatom.lock'])
  })

  test('takes over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(lockPath(), JSON.stringify({ pid, birth: '' }))
    const lock = acquireDirectoryLock(directory)
    expect(readdirSync(directory)).toEqual(['dynatom.lock'])
    lock.release()
  })

  test.runIf(existsSync('/proc/self/stat'))(
    'takes over from an earlier process whose id another one has now',
    () => {
      writeFileSync(lockPath(), JSON.stringify({ pid: process.ppid, birth: 'another boot:1' }))
      acquireDirectoryLock(directory).release()
      expect(readdirSync(directory)).toEqual([])
    },
  )

  test.each(['', 'no JSON', '{}', '{"pid":"1","birth":""}', '{"pid":1.5,"birth":""}'])(
    'takes over a lock file that names nobody: %j',
    (text) => {
      writeFileSync(lockPath(), text)
      acquireDirectoryLock(directory).release()
      expect(readdirSync(directory)).toEqual([])
    },
  )

  test('tells why a directory cannot be written to', () => {
    const missing = join(directory, 'missing')
    expect(() => acquireDirectoryLock(missing)).toThrow(StoreUnavailable)
    expect(() => acquireDirectoryLock(missing)).toThrow(
      `The data directory ${missing} cannot be written to: ENOENT`,
    )
  })
})
