import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manualClock.ts'
import { ClaimQueue, type QueueLimits } from './claimQueue.ts'
import { LocalClaims } from './localClaims.ts'

const maxWaitMs = 1000

let claims: LocalClaims
let clock: ManualClock
let queue: ClaimQueue
let entered: string[]

function open(limits?: QueueLimits): void {
  claims = new LocalClaims()
  clock = new ManualClock()
  queue = new ClaimQueue(claims, clock, limits)
  entered = []
}

beforeEach(() => open())

function hold(items: string): void {
  for (const item of items) void claims.hold(item)
}

/** A transaction called `name` waits for items, each a letter, and takes them when it enters. */
const wait = (name: string, items: string, bytes = 1): boolean =>
  queue.wait({
    names: items.split(''),
    bytes,
    maxWaitMs,
    enter: () => {
      hold(items)
      entered.push(name)
    },
    giveUp: () => entered.push(`not ${name}`),
  })

function release(items: string): void {
  for (const item of items) claims.release(item)
  queue.released(items.split(''))
}

describe('ClaimQueue', () => {
  test('lets those who want the same in one after the other, as they came', () => {
    hold('a')
    for (const name of ['1', '2', '3']) expect(wait(name, 'a')).toBe(true)
    expect([queue.size, queue.isWanted('a'), queue.isWanted('b')]).toEqual([3, true, false])
    for (let i = 1; i <= 3; i++) {
      release('a')
      expect(entered).toHaveLength(i)
    }
    expect(entered).toEqual(['1', '2', '3'])
    expect([queue.size, queue.isWanted('a')]).toEqual([0, false])
  })

  test('lets in those beside each other who want different things', () => {
    hold('abc')
    wait('1', 'a')
    wait('2', 'b')
    wait('3', 'ab')
    release('abc')
    expect(entered).toEqual(['1', '2'])
    release('a')
    expect(entered).toEqual(['1', '2'])
    release('b')
    expect(entered).toEqual(['1', '2', '3'])
  })

  test('lets nobody pass who came later for one of the items', () => {
    hold('b')
    wait('both', 'ab')
    wait('late', 'a')
    queue.released(['a'])
    expect(entered).toEqual([])
    release('b')
    expect(entered).toEqual(['both'])
    release('ab')
    expect(entered).toEqual(['both', 'late'])
  })

  test('gives up after a while, and whoever stood behind goes on', () => {
    hold('b')
    wait('both', 'ab')
    clock.advance(maxWaitMs / 2)
    wait('late', 'a')
    clock.advance(maxWaitMs / 2)
    expect(entered).toEqual(['not both', 'late'])
    clock.advance(10 * maxWaitMs)
    release('ab')
    expect([entered.length, queue.size]).toEqual([2, 0])
  })

  test('has room for so many, and for so many bytes', () => {
    open({ waiting: 2, bytes: 10 })
    hold('a')
    expect([wait('1', 'a', 10), wait('2', 'a', 1)]).toEqual([true, false])
    release('a')
    expect([wait('3', 'a', 5), wait('4', 'a', 5), wait('5', 'a', 0)]).toEqual([true, true, false])
  })

  test('nobody holds what another one holds, and everybody has a turn', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
    fc.assert(
      fc.property(fc.array(names, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (all, draws) => {
        open()
        const holding = new Map<number, readonly string[]>()
        let turns = 0
        const take = (i: number, items: readonly string[]): void => {
          for (const item of items) expect(claims.isHeld(item)).toBe(false)
          hold(items.join(''))
          holding.set(i, items)
          turns += 1
        }
        const end = (): void => {
          const ids = [...holding.keys()]
          const id = ids[(draws.next().value ?? 0) % ids.length] as number
          const items = holding.get(id) as readonly string[]
          holding.delete(id)
          release(items.join(''))
        }
        all.forEach((items, i) => {
          const isFree = items.every((item) => !claims.isHeld(item) && !queue.isWanted(item))
          if (isFree) take(i, items)
          else {
            const enter = (): void => take(i, items)
            queue.wait({ names: items, bytes: 1, maxWaitMs, enter, giveUp: () => expect.fail() })
          }
          if ((draws.next().value ?? 0) % 3 === 0 && holding.size > 0) end()
        })
        while (holding.size > 0) end()
        expect([turns, queue.size, claims.size]).toEqual([all.length, 0, 0])
      }),
    )
  })
})
