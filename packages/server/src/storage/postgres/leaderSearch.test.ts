import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import { findLeader, type LeaderSearch } from './leaderSearch.ts'
import { defaultSettings, type PostgresHost, type PostgresSettings } from './postgresSettings.ts'

const [a, b, c] = ['a', 'b', 'c'].map((host) => ({ host, port: 5432 })) as [
  PostgresHost,
  PostgresHost,
  PostgresHost,
]
const settings: PostgresSettings = {
  ...defaultSettings,
  hosts: [a, b, c],
  database: 'd',
  user: 'u',
  password: undefined,
  tls: undefined,
}

let clock: ManualClock
let asked: { host: string; answer: (timeline?: number) => void; fail: (error: Error) => void }[]
let found: LeaderSearch | undefined
let later: number

/** Begins a search whose hosts answer when the test says so. */
function search(leastTimeline = 0): void {
  const timelineOf = ({ host }: PostgresHost): Promise<number | undefined> =>
    new Promise((answer, fail) => asked.push({ host, answer, fail }))
  const onLater = (): void => void later++
  void findLeader(settings, { leastTimeline, clock, onLater, timelineOf }).then(
    (outcome) => (found = outcome),
  )
}

beforeEach(() => {
  clock = new ManualClock()
  asked = []
  found = undefined
  later = 0
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await turn()
}

async function say(host: string, timeline?: number): Promise<void> {
  asked.findLast((each) => each.host === host)?.answer(timeline)
  await turn()
}

const timesAsked = (host: string): number => asked.filter((each) => each.host === host).length

test('all are asked at once, and the later history leads', async () => {
  search()
  expect(asked.map(({ host }) => host)).toEqual(['a', 'b', 'c'])
  await say('a', 3)
  await say('b', 4)
  await say('c')
  expect(found).toEqual({ leader: { host: b, timeline: 4 }, refusals: [], failures: [] })
})

test('one that keeps silent holds up nobody for long', async () => {
  search()
  await say('b', 3)
  await say('c')
  await pass(249)
  expect(found).toBeUndefined()
  await pass(1)
  expect(found).toMatchObject({ leader: { host: b } })
  asked[0]?.fail(new Error('silent'))
  await turn()
  expect(later).toBe(0)
})

test('one that begins to lead is found while another one keeps silent', async () => {
  search(3)
  await say('b')
  await say('c')
  await pass(200)
  expect([timesAsked('a'), timesAsked('b'), timesAsked('c')]).toEqual([1, 2, 2])
  await say('c', 4)
  await pass(250)
  expect(found).toMatchObject({ leader: { host: c, timeline: 4 } })
  await pass(1000)
  expect(timesAsked('b')).toBe(2)
})

test('that nobody leads is said when all have answered', async () => {
  search(3)
  await say('b', 2)
  await say('c')
  await pass(1000)
  expect(found).toBeUndefined()
  const failure = new Error('silent')
  asked[0]?.fail(failure)
  await turn()
  expect(found).toEqual({ leader: undefined, refusals: [], failures: [failure] })
})

test('a later history that is told late is told all the same', async () => {
  search()
  await say('b', 3)
  await pass(250)
  expect(found).toMatchObject({ leader: { host: b } })
  await say('a', 4)
  expect(later).toBe(1)
  await say('c', 2)
  expect(later).toBe(1)
})
