import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import * as dynatom from 'dynatom'
import { useDatabase, written } from './useDatabase.mjs'

/** The clock is faked when the database is open. */
afterEach(() => {
  jest.useRealTimers()
})

describe.each([
  ['modern', {}],
  ['legacy', { legacyFakeTimers: true }],
])('%s fake timers', (_, fakes) => {
  test('in memory', async () => {
    const fake = () => jest.useFakeTimers(fakes)
    expect(await useDatabase(dynatom, { inMemory: true }, fake)).toEqual(written)
  })

  test('on disk', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-jest-'))
    const fake = () => jest.useFakeTimers(fakes)
    expect(await useDatabase(dynatom, { dataDirectory }, fake)).toEqual(written)
    rmSync(dataDirectory, { recursive: true })
  })
})
