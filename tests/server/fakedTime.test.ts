import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { useDatabase, written } from '../runners/useDatabase.mjs'

/*
 * A test that fakes the clock of its own process, for its own code, has the database in the same
 * process all the same.
 */

type Package = typeof import('../../packages/server/src/index.ts')

const fakers = [
  {
    name: 'vi.useFakeTimers',
    fake: () => void vi.useFakeTimers(),
    restore: () => void vi.useRealTimers(),
  },
  {
    name: 'vi.useFakeTimers with all that it can replace',
    fake: () => void vi.useFakeTimers({ toFake: [...everyTimer] }),
    restore: () => void vi.useRealTimers(),
  },
  {
    name: 'mock.timers of node:test',
    fake: () => mock.timers.enable(),
    restore: () => mock.reset(),
  },
]

const everyTimer = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'Date',
  'hrtime',
  'performance',
] as const

let directory: string

beforeEach(() => {
  vi.resetModules()
  directory = mkdtempSync(join(tmpdir(), 'dynatom-faked-time-'))
})

afterEach(() => {
  vi.useRealTimers()
  mock.reset()
  rmSync(directory, { recursive: true })
})

const loadPackage = (): Promise<Package> => import('../../packages/server/src/index.ts')

describe.each(fakers)('$name', ({ fake, restore }) => {
  describe.each([
    ['in memory', () => ({ inMemory: true })],
    ['on disk', () => ({ dataDirectory: directory })],
  ])('%s', (_, options) => {
    test('before the package is loaded', async () => {
      fake()
      expect(await useDatabase(await loadPackage(), options(), () => {})).toEqual(written)
    })

    test('after the database was opened', async () => {
      expect(await useDatabase(await loadPackage(), options(), fake)).toEqual(written)
    })

    test('between opening and the first request, and given up again', async () => {
      fake()
      expect(await useDatabase(await loadPackage(), options(), restore)).toEqual(written)
    })
  })
})
