import { afterEach, describe, expect, test, vi } from 'vitest'
import { GroupCommit } from '../../packages/server/src/storage/groupCommit.ts'
import { ItemClaims } from '../../packages/server/src/transactions/itemClaims.ts'
import { RequestTokens } from '../../packages/server/src/transactions/requestTokens.ts'
import { runSeed, type RunOptions } from './run.ts'
import {
  CarelessEngine,
  ForgetfulEngine,
  HastyEngine,
  IndiscreetEngine,
  losing,
  TearingEngine,
} from './teeth/flawedEngines.ts'
import { EngineDisk } from './world/disk.ts'
import { SimulatedEngine } from './world/simulatedEngine.ts'

/*
 * What is wrong must be found: each of these is a server or a store with one fault, and some run of the
 * simulation has to tell.
 */

const maxSeeds = 60
const timeout = 120_000

/** The first seed that finds something, and the first thing that it finds. */
async function firstFinding(
  Engine: typeof SimulatedEngine,
  adjust: RunOptions['adjust'] = {},
  seeds = maxSeeds,
): Promise<string> {
  for (let seed = 1; seed <= seeds; seed++) {
    const openDisk = (): EngineDisk => new EngineDisk(Engine)
    const { findings } = await runSeed(seed, { openDisk, adjust })
    if (findings.length > 0) return `seed ${seed}: ${findings[0]}`
  }
  return 'nothing'
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('nothing is found in what is right', { timeout }, async () => {
  expect(await firstFinding(SimulatedEngine, {}, 20)).toBe('nothing')
})

/** Something that clients or the store show, and not a simulation that broke down. */
const anything = /^seed (?![^]*(Error: |stands still|come to rest))/

const manyCrashes = { crashes: 5 }
/** Somebody has to look just before a crash. */
const onlookers = { items: 1, clients: 4, readers: 0.6, crashes: 5 }
const schemaChanges = { crashes: 5, keepsTables: true, keepsIndex: true }

describe('an engine is found that', { timeout }, () => {
  test.each<[string, typeof SimulatedEngine, RunOptions['adjust'], RegExp]>([
    ['acknowledges before it is durable', HastyEngine, {}, anything],
    ['acknowledges before it is visible', ForgetfulEngine, {}, anything],
    ['shows what is not durable', IndiscreetEngine, onlookers, anything],
    ['tears commits at a crash', TearingEngine, manyCrashes, anything],
    ['loses rows', losing(0x10), {}, anything],
    ['loses index entries', losing(0x11), {}, anything],
    ['loses counters', losing(0x03), {}, /the store is wrong.*counter/],
    ['loses sizes of item collections', losing(0x08), {}, anything],
    ['loses tokens', losing(0x06), {}, anything],
    ['loses the ends of tokens', losing(0x07), {}, /the store is wrong.*token/],
    [
      'loses records of tables',
      losing(0x02),
      schemaChanges,
      /clients were told|the store is wrong/,
    ],
    ['loses notes of deletions', losing(0x04, 0.5), schemaChanges, /the store is wrong.*orphan/],
    ['loses how far backfills are', losing(0x09, 0.5), schemaChanges, /the store is wrong/],
  ])('%s', async (_, Engine, adjust, finding) => {
    expect(await firstFinding(Engine, adjust)).toMatch(finding)
  })
})

describe('a coordinator is found that', { timeout }, () => {
  test('lets others have items that a transaction holds', async () => {
    vi.spyOn(ItemClaims.prototype, 'isHeld').mockReturnValue(false)
    vi.spyOn(ItemClaims.prototype, 'find').mockReturnValue(undefined)
    expect(await firstFinding(CarelessEngine)).toMatch(anything)
  })

  test('keeps an item when its transaction is over', async () => {
    vi.spyOn(ItemClaims.prototype, 'release').mockReturnValue(undefined)
    expect(await firstFinding(SimulatedEngine)).toMatch(/met a conflict, and nobody was there/)
  })

  test('does not bind tokens', async () => {
    vi.spyOn(RequestTokens.prototype, 'bind').mockReturnValue(undefined)
    expect(await firstFinding(SimulatedEngine)).toMatch(/was carried out a second time/)
  })

  test('does not wait for commits', async () => {
    const { submit } = GroupCommit.prototype
    vi.spyOn(GroupCommit.prototype, 'submit').mockImplementation(function (
      this: GroupCommit,
      member,
    ) {
      void submit.call(this, member).catch(() => undefined)
      return Promise.resolve()
    })
    expect(await firstFinding(SimulatedEngine)).toMatch(anything)
  })
})
