import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import { StoreUnavailable, type StorageWrite } from '../engine.ts'
import { LmdbEngine } from './lmdbEngine.ts'
import { verifyStoreFile } from './storeFile.ts'

let parent: string
let directory: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'dynatom-stop-'))
  directory = join(parent, 'data')
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const mark = (): string => join(directory, 'clean-stop')
const file = (): string => join(directory, 'store', 'data.mdb')
const sentence = (): RegExp =>
  new RegExp(
    `^The file ${file()} is damaged, or was not written by Dynatom \\(.*checksum\\); restore`,
  )

const entries = (count: number, fill: string): StorageWrite[] =>
  Array.from({ length: count }, (_, i) => ({
    key: Buffer.from(`key/${String(i).padStart(6, '0')}`),
    value: Buffer.from(`${fill}${i}/`.repeat(30)),
  }))

/** How many calls of the file system are performed at once. */
const threads = [1, 2, 3, 4]

/** An engine, its clock and the damage that it has told. */
interface Opened {
  readonly engine: LmdbEngine
  readonly clock: ManualClock
  readonly damage: string[]
}

async function open(at = directory, isTrusted = true): Promise<Opened> {
  const clock = new ManualClock()
  const damage: string[] = []
  const onDamage = (error: Error): void => void damage.push(error.message)
  const engine = await LmdbEngine.open(at, { cleanStop: { clock, onDamage, isTrusted } })
  return { engine, clock, damage }
}

/** A store that was closed in good order, large enough for several steps of a proof. */
async function makeStore(count = 3000): Promise<void> {
  const { engine } = await open()
  await engine.commit([], entries(count, 'a'))
  await engine.close()
}

/** Changes a value, as a disk does: nothing tells when. */
async function flipUnseen(): Promise<void> {
  flip()
  writeFileSync(mark(), (await verifyStoreFile(file(), { extent: 'beginning' })).mark)
}

/** Changes a value through the file system. */
const flip = (): void => replace('a2999/a2999', 'b')
const flipBack = (): void => replace('b2999/', 'a')

function replace(found: string, begin: string): void {
  const bytes = readFileSync(file())
  for (let at = -1; (at = bytes.indexOf(found, at + 1)) >= 0; ) bytes.write(begin, at)
  writeFileSync(file(), bytes)
}

/** Lets a proof go on until it is over: reads take their time, so it is when nothing more comes. */
async function passTime({ clock, damage }: Opened): Promise<void> {
  for (let quiet = 0; quiet < 50 && damage.length === 0; quiet++) {
    if (clock.pendingTimers > 0) quiet = 0
    clock.advance(1000)
    await pause(1)
    // Whatever reads the file has its turn before who asks behind it, however slow the disk is.
    await Promise.all(threads.map(() => stat(parent)))
  }
}

describe('the mark', () => {
  test('is left by a clean stop, and taken away by the next start', async () => {
    await makeStore(10)
    expect(readFileSync(mark(), 'utf8')).toMatch(/^page map \d+, inode \d+, bytes \d+, /)
    const { engine } = await open()
    expect(existsSync(mark())).toBe(false)
    await engine.close()
  })

  test('is not left by somebody who only reads, and stays as it is then', async () => {
    await makeStore(10)
    const before = readFileSync(mark(), 'utf8')
    const { ino, ctimeMs } = statSync(mark())
    await (await LmdbEngine.open(directory)).close()
    expect(readFileSync(mark(), 'utf8')).toBe(before)
    expect(statSync(mark())).toMatchObject({ ino, ctimeMs })
    const reopened = await open()
    expect(reopened.clock.pendingTimers).toBe(1)
    await reopened.engine.close()
  })

  test('does not count where it is not trusted, is taken away and not left', async () => {
    await makeStore()
    await flipUnseen()
    const { mark: text } = await verifyStoreFile(file(), { extent: 'beginning' })
    await expect(open(directory, false)).rejects.toThrow(sentence())
    expect(existsSync(mark())).toBe(false)
    flipBack()
    writeFileSync(mark(), text)
    const { engine, clock } = await open(directory, false)
    expect(clock.pendingTimers).toBe(0)
    await engine.close()
    expect(existsSync(mark())).toBe(false)
  })

  test('is not left by a start that has skipped the proof', async () => {
    await makeStore(10)
    const cleanStop = { clock: new ManualClock(), onDamage: () => undefined, isTrusted: true }
    const verification = { extent: 'beginning' } as const
    await (await LmdbEngine.open(directory, { cleanStop, verification })).close()
    expect(existsSync(mark())).toBe(false)
  })

  test('is left again when the proof under way has succeeded', async () => {
    await makeStore()
    const opened = await open()
    await passTime(opened)
    expect(opened.damage).toEqual([])
    await opened.engine.close()
    expect(readFileSync(mark(), 'utf8')).not.toContain('unproved')
  })

  test('is left by ten in a row that do not end the proof, then all is proved first', async () => {
    await makeStore()
    for (let stops = 1; stops <= 10; stops++) {
      const { engine, clock } = await open()
      expect(clock.pendingTimers).toBe(1)
      clock.advance(250)
      await engine.commit([], entries(stops, `stop ${stops} `))
      await engine.close()
      expect(readFileSync(mark(), 'utf8')).toMatch(new RegExp(`\nunproved stops ${stops}\n$`))
    }
    const proved = await open()
    expect(proved.clock.pendingTimers).toBe(0)
    await proved.engine.close()
    expect(readFileSync(mark(), 'utf8')).not.toContain('unproved')
    const trusted = await open()
    expect(trusted.clock.pendingTimers).toBe(1)
    await trusted.engine.close()
  })

  test('of such stops hides no damage: it is found by the proof that comes to its end', async () => {
    await makeStore()
    await flipUnseen()
    for (let stops = 0; stops < 3; stops++) await (await open()).engine.close()
    const opened = await open()
    await passTime(opened)
    expect(opened.damage).toEqual([expect.stringMatching(sentence())])
    await opened.engine.close()
    expect(existsSync(mark())).toBe(false)
    await expect(open()).rejects.toThrow(sentence())
  })
})

describe('a store with a mark that fits', () => {
  test('is in use before it is proved; damage is told then', async () => {
    await makeStore()
    await flipUnseen()
    const opened = await open()
    expect(opened.engine.get(Buffer.from('key/000001'))?.length).toBe(90)
    expect(opened.damage).toEqual([])
    await passTime(opened)
    expect(opened.damage).toEqual([expect.stringMatching(sentence())])
    await opened.engine.close()
    expect(existsSync(mark())).toBe(false)
    await expect(open()).rejects.toThrow(sentence())
  })

  test('is proved as it was at the start, however much is committed meanwhile', async () => {
    await makeStore()
    const opened = await open()
    const { engine, clock, damage } = opened
    for (let round = 0; round < 30; round++) {
      clock.advance(1000)
      await engine.commit([], entries(2000, `round ${round} `))
    }
    await passTime(opened)
    expect(damage).toEqual([])
    await engine.close()
    expect(existsSync(mark())).toBe(true)
    await verifyStoreFile(file())
  })

  test('of which a part cannot be read is as one with damage', async () => {
    await makeStore()
    const opened = await open()
    rmSync(file())
    await passTime(opened)
    expect(opened.damage).toEqual([expect.stringMatching(/^The store cannot be read: ENOENT/)])
    await opened.engine.close().catch(() => undefined)
  })

  test('is refused all the same when its beginning is damaged', async () => {
    await makeStore()
    const bytes = readFileSync(file())
    bytes.fill(0, 24, 200)
    bytes.fill(0, 8192 + 24, 8192 + 200)
    writeFileSync(file(), bytes)
    await expect(open()).rejects.toThrow(StoreUnavailable)
  })
})

describe('a mark that does not fit has the store proved first', () => {
  test.each([
    ['when the file was written to', flip],
    [
      'when its time was put back',
      () => {
        const { atime, mtime } = statSync(file())
        flip()
        utimesSync(file(), atime, mtime)
      },
    ],
  ])('%s', async (_, change) => {
    await makeStore()
    change()
    await expect(open()).rejects.toThrow(sentence())
  })

  test.each(['page map', 'inode', 'bytes', 'modified', 'changed'])('in its %s', async (part) => {
    await makeStore()
    await flipUnseen()
    const text = readFileSync(mark(), 'utf8')
    writeFileSync(mark(), text.replace(new RegExp(`${part} (\\d)`), `${part} 9$1`))
    await expect(open()).rejects.toThrow(sentence())
  })

  test.each(['', 'page map', '\0'.repeat(80)])('when it is torn: %j', async (text) => {
    await makeStore()
    await flipUnseen()
    writeFileSync(mark(), text)
    await expect(open()).rejects.toThrow(sentence())
  })

  test('in a copy of the directory', async () => {
    await makeStore()
    const copy = join(parent, 'copy')
    cpSync(directory, copy, { recursive: true, preserveTimestamps: true })
    const { engine, clock } = await open(copy)
    expect(clock.pendingTimers).toBe(0)
    await engine.close()
  })
})
