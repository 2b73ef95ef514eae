import { describe, expect, test } from 'vitest'
import { localFeed } from '../../packages/server/src/catalog/catalogFeed.ts'
import { LocalNumbers } from '../../packages/server/src/catalog/tableNumbers.ts'
import type { EngineSet, MakeSet } from '../../packages/server/src/cli/engineSet.ts'
import { sharedSet } from '../../packages/server/src/cli/sharedSet.ts'
import type { CommitMember, Committer } from '../../packages/server/src/commits/committer.ts'
import { GroupCommit } from '../../packages/server/src/commits/groupCommit.ts'
import type { Expectation } from '../../packages/server/src/storage/engine.ts'
import { RandomLoad } from './randomLoad.ts'
import { withTwoServers, type Server, type SharedWorld } from './sharedWorld.ts'
import { buildBesideWrites, expectIndexed, fill } from './things.ts'

/** The shared set with another part. */
const setWith =
  (part: (set: EngineSet, clock: Parameters<MakeSet>[1]) => Promise<Partial<EngineSet>>): MakeSet =>
  async (engine, surroundings) => {
    const set = await sharedSet(engine, surroundings)
    return { ...set, ...(await part(set, surroundings)) }
  }

/** A committer whose commits rely on less than they were meant to. */
const forgetting = (
  inner: Committer,
  isKept: (expectation: Expectation, member: CommitMember) => boolean,
): Committer =>
  changing(inner, (member) => ({
    ...member,
    expectations: member.expectations.filter((each) => isKept(each, member)),
  }))

/** A committer that counts every entry that a write makes or replaces, there or not. */
const withoutFilling = (inner: Committer): Committer =>
  changing(inner, (member) => ({
    ...member,
    effects: member.effects.map((effect) => {
      if (effect.kind !== 'delta') return effect
      const { kind, counter, differences } = effect
      return { kind, counter, differences }
    }),
  }))

const changing = (inner: Committer, change: (member: CommitMember) => CommitMember): Committer => ({
  submit: (member) =>
    inner.submit(
      typeof member === 'function' ? async () => change(await member()) : change(member),
    ),
  isOrdered: inner.isOrdered,
  settled: () => inner.settled(),
  onDraw: (key, listener) => inner.onDraw(key, listener),
})

const firstByte = ({ key }: Expectation): number => key[0] as number
const [tableRecord, backfill, row, indexEntry] = [0x02, 0x09, 0x10, 0x11]

type Part = readonly [name: string, makeSet: MakeSet, finding: RegExp]

const brokenForAll: readonly Part[] = [
  [
    'numbers that each server counts by itself',
    setWith(async ({ engine }) => ({ numbers: await LocalNumbers.open(engine) })),
    /"(a0|hot0|\d-\d)"|Number 1 has another owner/,
  ],
  [
    'a committer that takes its server for the only one',
    setWith(async ({ engine }, { clock }) => ({ committer: new GroupCommit(engine, clock) })),
    /"kind":"counter"/,
  ],
  [
    'a feed that tells nothing',
    setWith(async () => ({ feed: localFeed })),
    /ResourceNotFoundException/,
  ],
  [
    'commits that do not rely on items',
    setWith(async ({ committer }) => ({
      committer: forgetting(committer, (expectation) => firstByte(expectation) !== row),
    })),
    /is lost|the total of all accounts/,
  ],
  [
    'commits that do not rely on tables',
    setWith(async ({ committer }) => ({
      committer: forgetting(committer, (expectation) => firstByte(expectation) !== tableRecord),
    })),
    /not being built|missingIndexEntry|"kind":"counter"/,
  ],
]

const brokenForIndexes: readonly Part[] = [
  [
    'a backfill that does not rely on the items that it has read',
    setWith(async ({ committer }) => ({
      committer: forgetting(committer, (expectation, { expectations }) => {
        const isStep = expectations.some((each) => firstByte(each) === backfill)
        return !isStep || ![row, indexEntry].includes(firstByte(expectation))
      }),
    })),
    /wrongIndexEntry|strayIndexEntry/,
  ],
  [
    'counts that do not ask what has been filled in',
    setWith(async ({ committer }) => ({ committer: withoutFilling(committer) })),
    /"kind":"counter"/,
  ],
]

/** Tells a story with one seed after the other, until a fault shows that is like `finding`. */
async function faultsUntil(
  finding: RegExp,
  makeSet: MakeSet,
  story: typeof loadEverything,
): Promise<string> {
  const faults: string[] = []
  for (let seed = 31; seed < 61 && !faults.some((fault) => finding.test(fault)); seed++) {
    try {
      await withTwoServers({ seed, makeSet }, story)
    } catch (error) {
      const { message, actual } = error as Error & { actual?: unknown }
      faults.push(`${message} ${JSON.stringify(actual)}`)
    }
  }
  return faults.join('\n')
}

async function loadEverything(world: SharedWorld, a: Server, b: Server): Promise<void> {
  const load = new RandomLoad(world, [a, b])
  await load.prepare()
  const clients = [0, 1, 2, 3, 4, 5].map((number) => load.client(number, 15))
  await Promise.all([...clients, load.changeIndexes()])
  await world.pause(90_000)
  expect(await world.check(), 'what the check finds').toEqual([])
  await load.verify()
}

async function buildAnIndex(world: SharedWorld, a: Server, b: Server): Promise<void> {
  await fill([a, b])
  await buildBesideWrites(world, [a, b])
  await expectIndexed(world, [a, b])
}

describe('a random load shows', () => {
  // What the set shows as it is: see randomLoad.test.ts.
  test.each(brokenForAll)('%s', async (_, makeSet, finding) => {
    expect(await faultsUntil(finding, makeSet, loadEverything)).toMatch(finding)
  })
})

describe('writes beside a backfill show', () => {
  test.each(brokenForIndexes)('%s', async (_, makeSet, finding) => {
    expect(await faultsUntil(finding, makeSet, buildAnIndex)).toMatch(finding)
  })
})
