import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'

/** The clock is faked before anything is loaded. */
jest.useFakeTimers()
const { useDatabase, written } = await import('./useDatabase.mjs')
const dynatom = await import('dynatom')

test('in memory', async () => {
  expect(await useDatabase(dynatom, { inMemory: true })).toEqual(written)
})

test('on disk', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-jest-'))
  expect(await useDatabase(dynatom, { dataDirectory })).toEqual(written)
  rmSync(dataDirectory, { recursive: true })
})
