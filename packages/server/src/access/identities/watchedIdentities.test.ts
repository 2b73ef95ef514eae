import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import { IdentitiesFault } from './identitiesFault.ts'
import { WatchedIdentities } from './watchedIdentities.ts'

const fileOf = (accessKeyId: string): string =>
  `users: { ada: { accessKeys: [{ accessKeyId: ${accessKeyId}, secretAccessKey: s }] } }\n`

function temporaryFile(text?: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-identities-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const fileName = join(directory, 'identities.yaml')
  if (text !== undefined) writeFileSync(fileName, text)
  return fileName
}

/** A file that is watched by a clock that stands still, and what is told of it. */
async function watch(text: string) {
  const fileName = temporaryFile(text)
  const clock = new ManualClock()
  const told: string[] = []
  const watched = await WatchedIdentities.open({
    fileName,
    accountId: '123456789012',
    clock,
    onEvent: (event) => {
      const detail = event.kind === 'loaded' ? event.identities.counts.accessKeys : event.message
      told.push(`${event.kind}: ${detail}`)
    },
  })
  onTestFinished(() => watched.close())
  /** Lets the time come at which the file is looked at, and waits until that is done. */
  const look = async (): Promise<void> => {
    expect(clock.pendingTimers).toBe(1)
    clock.advance(1000)
    expect(clock.pendingTimers).toBe(0)
    await expect.poll(() => clock.pendingTimers).toBe(1)
  }
  return { fileName, clock, told, watched, look }
}

test('a file that is changed is in force within a second', async () => {
  const { fileName, told, watched, look } = await watch(fileOf('A'))
  expect(watched.find('A')?.principal.userName).toBe('ada')
  await look()
  expect(told).toEqual([])
  // As long as the one before it, and perhaps at the same time.
  writeFileSync(fileName, fileOf('B'))
  await look()
  expect(told).toEqual(['loaded: 1'])
  expect(watched.find('A')).toBeUndefined()
  expect(watched.find('B')).toBeDefined()
  expect(watched.current.counts.users).toBe(1)
})

test('editors that rename another file over it, and links that lead elsewhere, are seen', async () => {
  const { fileName, watched, look } = await watch(fileOf('A'))
  writeFileSync(`${fileName}~`, fileOf('B'))
  renameSync(`${fileName}~`, fileName)
  await look()
  expect(watched.find('B')).toBeDefined()
  writeFileSync(`${fileName}.3`, fileOf('C'))
  unlinkSync(fileName)
  symlinkSync(`${fileName}.3`, fileName)
  await look()
  expect(watched.find('C')).toBeDefined()
})

test('a broken file is told once and changes nothing', async () => {
  const { fileName, told, watched, look } = await watch(fileOf('A'))
  writeFileSync(fileName, 'users:\n  ada: { admin: true }\n')
  await look()
  await look()
  const refused = `refused: ${fileName}:2:10: A user has no member admin. Did you mean administrator?`
  expect(told).toEqual([refused])
  expect(watched.find('A')).toBeDefined()
  writeFileSync(fileName, fileOf('B'))
  await look()
  expect(told).toEqual([refused, 'loaded: 1'])
  expect(watched.find('B')).toBeDefined()
})

test('a file that is gone is told once, until it is back', async () => {
  const { fileName, told, watched, look } = await watch(fileOf('A'))
  unlinkSync(fileName)
  await look()
  await look()
  expect(told).toEqual([`refused: There is no file ${fileName}.`])
  expect(watched.find('A')).toBeDefined()
  writeFileSync(fileName, fileOf('A'))
  await look()
  expect(told).toEqual([`refused: There is no file ${fileName}.`, 'loaded: 1'])
})

test('nothing is looked at after it is closed', async () => {
  const { fileName, clock, told, watched } = await watch(fileOf('A'))
  watched.close()
  expect(clock.pendingTimers).toBe(0)
  writeFileSync(fileName, fileOf('B'))
  await watched.refresh()
  expect(told).toEqual([])
  expect(watched.find('A')).toBeDefined()
  expect(clock.pendingTimers).toBe(0)
})

test('a file that is broken or absent at the start is refused', async () => {
  const open = (fileName: string) =>
    WatchedIdentities.open({
      fileName,
      accountId: '123456789012',
      clock: new ManualClock(),
      onEvent: () => {},
    })
  await expect(open(temporaryFile('users: ['))).rejects.toBeInstanceOf(IdentitiesFault)
  await expect(open(temporaryFile())).rejects.toMatchObject({ code: 'ENOENT' })
})
