import { symlinkSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SoleCaller, soleCaller } from '../../soleCaller.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { DirectoryFiles } from './journalFiles.ts'
import { WaitingForDisk } from './waitingForDisk.ts'

function askOften(caller: SoleCaller, times = 16): void {
  const connection = {}
  for (let i = 0; i < times; i++) caller.asked(connection)
}

function nextWrites(waiting: WaitingForDisk, count: number): number {
  let waitedFor = 0
  for (let i = 0; i < count; i++) if (waiting.isFor(100)) waitedFor += 1
  return waitedFor
}

test('a caller who has asked 16 times in a row is waited for, until somebody else asks', () => {
  const caller = new SoleCaller()
  const waiting = new WaitingForDisk(new ManualClock(), caller)
  askOften(caller, 15)
  expect(waiting.isFor(100)).toBe(false)
  askOften(caller)
  expect([waiting.isFor(100), waiting.isFor(65_536), waiting.isFor(65_537)]).toEqual([
    true,
    true,
    false,
  ])
  caller.asked({})
  expect(waiting.isFor(100)).toBe(false)
})

test('after a write of more than 5 ms, failed or not, 64 are not waited for', () => {
  const caller = new SoleCaller()
  const clock = new ManualClock()
  const waiting = new WaitingForDisk(clock, caller)
  askOften(caller)
  waiting.run(() => clock.advance(5))
  expect(nextWrites(waiting, 70)).toBe(70)
  waiting.run(() => clock.advance(6))
  expect(nextWrites(waiting, 64)).toBe(0)
  expect(nextWrites(waiting, 10)).toBe(10)
  const failing = (): void => {
    clock.advance(6)
    throw new Error('no space')
  }
  expect(() => waiting.run(failing)).toThrow('no space')
  expect(nextWrites(waiting, 64)).toBe(0)
  expect(nextWrites(waiting, 10)).toBe(10)
})

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dynatom-writes-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

/** How much is being done to files by other threads. */
const elsewhere = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'FSReqCallback').length

test.runIf(process.platform === 'linux')(
  'the thread that answers writes by itself for a sole caller',
  async () => {
    const directory = await emptyDirectory()
    const file = await new DirectoryFiles(directory).open(1)
    soleCaller.asked({})
    const before = elsewhere()
    const first = file.write(Buffer.from('ab'), 0)
    expect(elsewhere()).toBe(before + 1)
    await first
    askOften(soleCaller)
    const meanwhile = elsewhere()
    const second = file.write(Buffer.from('cd'), 2)
    expect(elsewhere()).toBe(meanwhile)
    await second
    await file.close()
    expect(await readFile(join(directory, 'journal.000000000001'), 'latin1')).toBe('abcd')
  },
)

test.runIf(process.platform === 'linux')('what fails there is a failure of the write', async () => {
  const directory = await emptyDirectory()
  symlinkSync('/dev/full', join(directory, 'journal.000000000001'))
  const file = await new DirectoryFiles(directory).open(1)
  askOften(soleCaller)
  await expect(file.write(Buffer.from('ab'), 0)).rejects.toThrow('ENOSPC')
  soleCaller.asked({})
  await expect(file.write(Buffer.from('ab'), 0)).rejects.toThrow('ENOSPC')
  await file.close()
})
