import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LmdbEngine } from './lmdbEngine.ts'
import { prepareNewStore, requireOpenable } from './openable.ts'

function storePath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-openable-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'store')
}

describe('a store that is going to be opened', () => {
  test('has room for its lock file, whose content stays', () => {
    const path = storePath()
    prepareNewStore(path)
    const lock = join(path, 'lock.mdb')
    writeFileSync(lock, 'readers')
    truncateSync(lock, 8272)
    requireOpenable(path)
    const { blocks, size } = statSync(lock)
    expect(blocks * 512).toBeGreaterThanOrEqual(size)
    expect(size).toBeGreaterThan(8272)
    expect(readFileSync(lock, 'latin1')).toMatch(/^readers\0+$/)
  })

  test('is refused with an error when a file of it cannot be had', () => {
    const path = storePath()
    expect(() => requireOpenable(path)).toThrow(/^ENOENT/)
    prepareNewStore(path)
    expect(() => prepareNewStore(path)).toThrow(/^EEXIST/)
    mkdirSync(join(path, 'lock.mdb'))
    expect(() => requireOpenable(path)).toThrow(/^EISDIR/)
  })

  test('that is a directory in place of a lock file does not end the process', async () => {
    const path = storePath()
    const engine = await LmdbEngine.open(join(path, '..'))
    await engine.close()
    rmSync(join(path, 'lock.mdb'))
    mkdirSync(join(path, 'lock.mdb'))
    await expect(LmdbEngine.open(join(path, '..'))).rejects.toThrow(/cannot be opened: EISDIR/)
  })
})
