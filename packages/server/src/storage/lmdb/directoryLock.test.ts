import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../engine.ts'
import { acquireDirectoryLock } from './directoryLock.ts'

/**
 * Listens at the lock's place as a holder does, tells that it is ready, and lives until it is
 * killed.
 */
const holder = `
  const server = require('node:net').createServer((socket) => {
    if (process.argv[2] === 'speaks') socket.end('holds ' + process.pid)
  })
  server.listen(process.argv[1], () => console.log('ready'))
`

describe('acquireDirectoryLock', () => {
  let directory: string
  const children: ChildProcess[] = []
  const lockPath = (): string => join(directory, 'dynatom.lock.0')
  const refusal = (which = ''): StoreUnavailable =>
    new StoreUnavailable(
      `The data directory ${directory} is in use by another Dynatom process${which}.`,
    )

  async function startHolder(manner: 'speaks' | 'is silent'): Promise<ChildProcess> {
    const child = spawn(process.execPath, ['-e', holder, lockPath(), manner])
    children.push(child)
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    return child
  }

  async function kill(child: ChildProcess): Promise<void> {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dynatom-lock-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })

  test('holds the directory until it is released, and leaves nothing behind', async () => {
    const lock = await acquireDirectoryLock(directory)
    await expect(acquireDirectoryLock(directory)).rejects.toThrow(refusal(` (pid ${process.pid})`))
    expect(readdirSync(directory)).toHaveLength(1)
    lock.release()
    lock.release()
    expect(readdirSync(directory)).toEqual([])
    const again = await acquireDirectoryLock(directory)
    again.release()
  })

  test('is refused while another process holds it, and taken over once that one is killed', async () => {
    const child = await startHolder('speaks')
    await expect(acquireDirectoryLock(directory)).rejects.toThrow(refusal(` (pid ${child.pid})`))
    await kill(child)
    expect(readdirSync(directory)).toEqual(['dynatom.lock.0'])
    const lock = await acquireDirectoryLock(directory)
    expect(readdirSync(directory)).not.toContain('dynatom.lock.0')
    lock.release()
  })

  test('is refused while the holder is too busy to speak', async () => {
    await startHolder('is silent')
    await expect(acquireDirectoryLock(directory)).rejects.toThrow(refusal())
  })

  test('goes to exactly one of many that ask at once, also over a dead lock', async () => {
    await kill(await startHolder('speaks'))
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => acquireDirectoryLock(directory)),
    )
    const locks = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(locks).toHaveLength(1)
    expect(readdirSync(directory)).toHaveLength(1)
    locks[0]?.release()
  })

  test.each(['', 'no socket', '{"pid":1}'])('takes over a plain file: %j', async (text) => {
    writeFileSync(join(directory, 'dynatom.lock'), text)
    const lock = await acquireDirectoryLock(directory)
    lock.release()
    expect(readdirSync(directory)).toEqual([])
  })

  test.runIf(process.platform === 'linux')('works in a directory with a long path', async () => {
    directory = join(directory, 'x'.repeat(120), 'y'.repeat(120))
    mkdirSync(directory, { recursive: true })
    const lock = await acquireDirectoryLock(directory)
    await expect(acquireDirectoryLock(directory)).rejects.toThrow(refusal(` (pid ${process.pid})`))
    lock.release()
  })

  test('tells why a directory cannot be written to', async () => {
    const missing = join(directory, 'missing')
    await expect(acquireDirectoryLock(missing)).rejects.toThrow(StoreUnavailable)
    await expect(acquireDirectoryLock(missing)).rejects.toThrow(
      `The data directory ${missing} cannot be written to: `,
    )
  })
})
