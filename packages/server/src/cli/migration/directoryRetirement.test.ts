import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable } from '../../storage/engine.ts'
import { openEngine } from '../openEngine.ts'
import { DirectoryRetirement } from './directoryRetirement.ts'

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-retired-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test('a directory that was given up is opened by who moves it alone, until it is restored', async () => {
  const dataDirectory = temporaryDirectory()
  await (await openEngine({ dataDirectory })).close()
  const retirement = new DirectoryRetirement(dataDirectory)
  expect(retirement.to).toBeUndefined()
  await retirement.retire('postgres://u@h/d')
  expect(new DirectoryRetirement(dataDirectory).to).toBe('postgres://u@h/d')
  expect(readdirSync(dataDirectory)).toEqual(['moved-to', 'store'])
  const refusal = new StoreUnavailable(
    `The store in ${dataDirectory} was moved to postgres://u@h/d; start with --engine postgres://u@h/d.`,
  )
  await expect(openEngine({ dataDirectory })).rejects.toThrow(refusal)
  await (await openEngine({ dataDirectory, isMoving: true })).close()
  await retirement.restore()
  expect(retirement.to).toBeUndefined()
  await (await openEngine({ dataDirectory })).close()
})

test('a directory that is not there is not made', () => {
  const absent = join(temporaryDirectory(), 'absent')
  new DirectoryRetirement(absent).requireInPlace()
  expect(existsSync(absent)).toBe(false)
})
