import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteCredits, type Credit } from './byteCredits.ts'

const kilobyte = 1024
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Enters, and tells when it has its turn. */
function enter(credits: ByteCredits, needBytes: number): { credit: Credit | undefined } {
  const entered: { credit: Credit | undefined } = { credit: undefined }
  const result = credits.enter(() => needBytes)
  if (result instanceof Promise) void result.then((credit) => (entered.credit = credit))
  else entered.credit = result
  return entered
}

/** Enters with something in use, so that needs are asked for. */
function used(credits: ByteCredits, bytes: number): Credit {
  const { credit } = enter(credits, bytes)
  credits.update(credit as Credit, bytes)
  return credit as Credit
}

describe('bytes of unfinished writes', () => {
  test('are not asked for while little is in use', () => {
    const credits = new ByteCredits(1000 * kilobyte)
    let isAsked = false
    const credit = credits.enter(() => {
      isAsked = true
      return 1
    })
    expect(credit).not.toBeInstanceOf(Promise)
    expect(isAsked).toBe(false)
  })

  test('keep large writes waiting in the order of their arrival', async () => {
    const credits = new ByteCredits(1000 * kilobyte)
    const first = used(credits, 700 * kilobyte)
    const second = enter(credits, 400 * kilobyte)
    const third = enter(credits, 100 * kilobyte)
    await settle()
    expect([second.credit, third.credit, credits.waiting]).toEqual([undefined, undefined, 2])
    credits.update(first, 300 * kilobyte)
    await settle()
    expect(second.credit?.bytes).toBe(400 * kilobyte)
    expect(third.credit).toBeUndefined()
    credits.leave(first)
    await settle()
    expect(third.credit?.bytes).toBe(100 * kilobyte)
    expect(credits.usedBytes).toBe(500 * kilobyte)
  })

  test('let small writes go on beside large ones that wait', async () => {
    const credits = new ByteCredits(1000 * kilobyte)
    used(credits, 700 * kilobyte)
    const large = enter(credits, 400 * kilobyte)
    const small = [enter(credits, 50 * kilobyte), enter(credits, 50 * kilobyte)]
    await settle()
    expect(large.credit).toBeUndefined()
    expect(small.map(({ credit }) => credit?.bytes)).toEqual([50 * kilobyte, 50 * kilobyte])
  })

  test('let one that needs more than there is go when no large one is there', async () => {
    const credits = new ByteCredits(1000 * kilobyte)
    const first = used(credits, 300 * kilobyte)
    const giant = enter(credits, 9_000 * kilobyte)
    const small = enter(credits, kilobyte)
    await settle()
    expect(giant.credit).toBeUndefined()
    credits.leave(first)
    await settle()
    expect(giant.credit?.bytes).toBe(750 * kilobyte)
    expect(small.credit?.bytes).toBe(kilobyte)
  })

  test('come back whole, and everybody has a turn', async () => {
    const need = fc.integer({ min: 0, max: 2_000 * kilobyte })
    const step = fc.record({ need, actual: need, leaves: fc.nat() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const credits = new ByteCredits(1000 * kilobyte)
        const inside: Credit[] = []
        let entered = 0
        for (const { need: needBytes, actual, leaves } of steps) {
          void Promise.resolve(credits.enter(() => needBytes)).then((credit) => {
            entered += 1
            credits.update(credit, actual)
            inside.push(credit)
          })
          await settle()
          const [leaving] = inside.splice(leaves % (inside.length + 1), 1)
          if (leaving !== undefined) credits.leave(leaving)
        }
        while (entered < steps.length || inside.length > 0) {
          await settle()
          const leaving = inside.pop()
          expect(leaving, 'somebody is inside as long as somebody waits').toBeDefined()
          credits.leave(leaving as Credit)
        }
        expect([credits.usedBytes, credits.waiting]).toEqual([0, 0])
      }),
    )
  })
})
