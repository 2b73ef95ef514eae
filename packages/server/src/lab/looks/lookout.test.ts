import { expect, test } from 'vitest'
import { watchLastsMs } from '../../limits.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { openLabbed } from '../../testing/labbedDatabase.ts'
import { LabSession } from '../labSession.ts'
import { Lookout, type WatchedStore } from './lookout.ts'

async function open(lab?: LabSession) {
  const clock = new ManualClock()
  const { session, services, dispatcher, engine } = await openLabbed()
  const host = { ...session.host, clock }
  let opened = 0
  const openSession = (): Promise<LabSession> => {
    opened += 1
    return Promise.resolve(new LabSession(host))
  }
  const lookout = new Lookout({ clock, open: openSession, lab })
  const store = { services, dispatcher, engine } as unknown as WatchedStore
  lookout.attach(store)
  return { clock, lookout, store, opened: () => opened }
}

const there = ({ performer, points, watcher }: Lookout) =>
  [performer, points, watcher].map((each) => each !== undefined)
const [all, none] = [
  [true, true, true],
  [false, false, false],
]

test('nobody is there before the first look, and ten minutes after the last', async () => {
  const { clock, lookout, opened } = await open()
  expect([there(lookout), opened()]).toEqual([none, 0])
  const first = await lookout.look()
  expect(there(lookout)).toEqual(all)
  clock.advance(watchLastsMs - 1)
  const again = await lookout.look()
  expect([again.session, again.sinceMs]).toEqual([first.session, first.sinceMs])
  clock.advance(watchLastsMs - 1)
  expect(there(lookout)).toEqual(all)
  clock.advance(1)
  expect([there(lookout), opened()]).toEqual([none, 1])
  const later = await lookout.look()
  expect(later.session).not.toBe(first.session)
  expect(later.sinceMs).toBe(first.sinceMs + 2 * watchLastsMs - 1)
})

test('who look at the same time have one session', async () => {
  const { lookout, opened } = await open()
  const [one, other] = await Promise.all([lookout.look(), lookout.look()])
  expect([one.session === other.session, opened()]).toEqual([true, 1])
})

test('what was noted of a store goes with it, and nobody comes once it is closed', async () => {
  const { lookout, store } = await open()
  const { session } = await lookout.look()
  lookout.attach(store)
  expect(there(lookout)).toEqual(none)
  expect((await lookout.look()).session).not.toBe(session)
  lookout.close()
  expect(there(lookout)).toEqual(none)
  await expect(lookout.look()).rejects.toThrow('The database is not open.')
  expect(there(lookout)).toEqual(none)
})

test('a lab is there all the time', async () => {
  const { session } = await openLabbed()
  const { clock, lookout, opened } = await open(session)
  expect((await lookout.look()).session).toBe(session)
  clock.advance(2 * watchLastsMs)
  expect([there(lookout), opened()]).toEqual([all, 0])
})
