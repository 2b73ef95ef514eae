import { describe, expect, test } from 'vitest'
import { checkHistory, type AnomalyName, type Finding } from './checkHistory.ts'
import type { ItemWrite, Operation } from './history.ts'

/** Versions are words: 'a b' is the chain of a and b, '' an absent item. */
const chain = (text: string): string[] => text.split(' ').filter((word) => word !== '')

interface Told {
  /** Chains by key. */
  readonly saw?: Record<string, string>
  /** Added versions by key. */
  readonly wrote?: Record<string, string>
  /** Deletions by key: what the item was before, null when that was not told. */
  readonly deleted?: Record<string, string | null>
  /** What written items were before, by key. */
  readonly before?: Record<string, string>
  readonly outcome?: Operation['outcome']
  readonly level?: Operation['level']
}

/** An operation from the first to the second moment; no second one when it was never answered. */
function op(id: number, [invoked, completed]: readonly [number, number?], told: Told): Operation {
  const written = Object.entries(told.wrote ?? {}).map(([key, versions]): ItemWrite => {
    const before = told.before?.[key]
    return {
      key,
      versions: chain(versions),
      ...(before !== undefined && { before: chain(before) }),
    }
  })
  const deleted = Object.entries(told.deleted ?? {}).map(([key, before]): ItemWrite => {
    const versions = [`deletion of ${key} by ${id}`]
    return { key, versions, deletes: true, ...(before !== null && { before: chain(before) }) }
  })
  return {
    id,
    client: id,
    description: `operation ${id}`,
    level: told.level ?? 'serializable',
    invoked,
    ...(completed !== undefined && { completed }),
    outcome: told.outcome ?? (completed === undefined ? 'unknown' : 'ok'),
    reads: Object.entries(told.saw ?? {}).map(([key, text]) => ({ key, versions: chain(text) })),
    writes: [...written, ...deleted],
  }
}

/** For operations whose order in time tells nothing. */
const anyTime = [0, 1000] as const

const check = (operations: readonly Operation[]): Finding[] => checkHistory({ seed: 1, operations })
const namesIn = (operations: readonly Operation[]): AnomalyName[] =>
  check(operations).map(({ name }) => name)
const inRealTime = (name: 'G0' | 'G1c' | 'G-single' | 'G2') =>
  `strict-serializability (${name} with real time)` as const

/** The ids of the operations of the finding called `name`. */
function idsOf(name: AnomalyName, operations: readonly Operation[]): number[] {
  const finding = check(operations).find((each) => each.name === name)
  return (finding?.operations ?? []).map(({ id }) => id)
}

test('nothing is wrong with an empty history, nor with an item that is written and read', () => {
  expect(check([])).toEqual([])
  const operations = [
    op(1, [1, 2], { wrote: { x: 'a' } }),
    op(2, [3, 4], { wrote: { x: 'b' } }),
    op(3, [5, 6], { saw: { x: 'a b', y: '' } }),
  ]
  expect(check(operations)).toEqual([])
})

test('a history with two writes of one version is refused', () => {
  const operations = [op(1, [1, 2], { wrote: { x: 'a' } }), op(2, [3, 4], { wrote: { y: 'a' } })]
  expect(() => check(operations)).toThrow('two writes of the history name a')
})

describe('G0', () => {
  const writes = [
    op(1, anyTime, { wrote: { x: 'x1', y: 'y1' } }),
    op(2, anyTime, { wrote: { x: 'x2', y: 'y2' } }),
  ]

  test('two writes of two items in opposite orders', () => {
    const operations = [
      ...writes,
      op(3, anyTime, { saw: { x: 'x1 x2' }, level: 'readCommitted' }),
      op(4, anyTime, { saw: { y: 'y2 y1' }, level: 'readCommitted' }),
    ]
    expect(namesIn(operations)).toEqual(['G0'])
    expect(check(operations)[0]?.text).toBe(
      [
        'G0',
        '  #1 client 1 [0..1000] ok: operation 1',
        '  #2 client 2 [0..1000] ok: operation 2',
        '  - #2 wrote x2 to x after x1 of #1 (ww)',
        '  - #1 wrote y1 to y after y2 of #2 (ww)',
      ].join('\n'),
    )
  })

  test('not in the same order', () => {
    const reads = op(3, anyTime, { saw: { x: 'x1 x2', y: 'y1 y2' } })
    expect(namesIn([...writes, reads])).toEqual([])
  })

  test('with real time: a write was acknowledged before the one that it follows began', () => {
    const order = op(3, anyTime, { saw: { x: 'b a' } })
    const first = op(1, [1, 2], { wrote: { x: 'a' } })
    expect(namesIn([first, op(2, [3, 4], { wrote: { x: 'b' } }), order])).toEqual([
      inRealTime('G0'),
    ])
    expect(namesIn([first, op(2, [1.5, 4], { wrote: { x: 'b' } }), order])).toEqual([])
  })
})

describe('G1a', () => {
  const refused = op(1, [1, 4], { wrote: { x: 'a', y: 'b' }, outcome: 'refused' })

  test('a read of what was refused, at any level', () => {
    for (const level of ['serializable', 'readCommitted'] as const) {
      const operations = [refused, op(2, [2, 3], { saw: { x: 'a' }, level })]
      expect(namesIn(operations)).toEqual(['G1a'])
      expect(idsOf('G1a', operations)).toEqual([1, 2])
    }
  })

  test('not when the read shows nothing of it, nor when the outcome is open', () => {
    expect(namesIn([refused, op(2, [5, 6], { saw: { x: '', y: '' } })])).toEqual([])
    expect(
      namesIn([op(1, [1], { wrote: { x: 'a' } }), op(2, [2, 3], { saw: { x: 'a' } })]),
    ).toEqual([])
  })

  test('a write that builds on what was refused', () => {
    const operations = [refused, op(2, [5, 6], { wrote: { x: 'c' }, before: { x: 'a' } })]
    expect(namesIn(operations)).toEqual(['G1a'])
  })
})

describe('G1b', () => {
  const write = op(1, [1, 4], { wrote: { x: 'a1 a2' } })
  const level = 'readCommitted'

  test('a read of the first of two versions of a write', () => {
    expect(namesIn([write, op(2, [2, 3], { saw: { x: 'a1' }, level })])).toEqual(['G1b'])
  })

  test('a part without its beginning, or with another write between', () => {
    expect(namesIn([write, op(2, [2, 3], { saw: { x: 'a2' }, level })])).toEqual(['G1b'])
    const other = op(3, [1, 4], { wrote: { x: 'b' } })
    const operations = [write, other, op(2, [2, 3], { saw: { x: 'a1 b a2' }, level })]
    expect(namesIn(operations)).toContain('G1b')
  })

  test('a write that builds on a part', () => {
    const operations = [
      write,
      op(2, [2, 3], { wrote: { x: 'b' }, before: { x: 'a1' } }),
      op(3, [5, 6], { saw: { x: 'a1 b' } }),
    ]
    expect(namesIn(operations)).toContain('G1b')
  })

  test('not a read of all of it or none', () => {
    for (const seen of ['', 'a1 a2']) {
      expect(namesIn([write, op(2, [2, 3], { saw: { x: seen } })])).toEqual([])
    }
  })
})

describe('G1c', () => {
  const one = (seen: string) => op(1, anyTime, { wrote: { x: 'a' }, saw: { y: seen } })
  const two = (seen: string) => op(2, anyTime, { wrote: { y: 'b' }, saw: { x: seen } })

  test('two operations that saw what the other wrote', () => {
    expect(namesIn([one('b'), two('a')])).toEqual(['G1c'])
  })

  test('not when only one did', () => {
    expect(namesIn([one('b'), two('')])).toEqual([])
  })

  test('with real time: a read of what was not yet asked for', () => {
    const late = op(1, [5, 6], { wrote: { x: 'a' } })
    for (const level of ['serializable', 'readCommitted'] as const) {
      expect(namesIn([late, op(2, [1, 2], { saw: { x: 'a' }, level })])).toEqual([
        inRealTime('G1c'),
      ])
    }
    expect(namesIn([late, op(2, [1, 5.5], { saw: { x: 'a' } })])).toEqual([])
  })
})

describe('G-single', () => {
  const write = op(1, anyTime, { wrote: { x: 'a', y: 'b' } })

  test('a read that shows one item of a transaction and not the other', () => {
    const operations = [write, op(2, anyTime, { saw: { x: 'a', y: '' } })]
    expect(namesIn(operations)).toEqual(['G-single'])
    expect(check(operations)[0]?.text).toContain(
      '#2 saw y absent, without b of #1 (nobody saw it) (rw)',
    )
  })

  test('not when it is asked to be read committed only', () => {
    const operations = [write, op(2, anyTime, { saw: { x: 'a', y: '' }, level: 'readCommitted' })]
    expect(namesIn(operations)).toEqual([])
  })

  test('a lost update: two writes that saw the same', () => {
    const operations = [
      op(1, anyTime, { wrote: { x: 'a' } }),
      op(2, anyTime, { wrote: { x: 'b' }, saw: { x: 'a' } }),
      op(3, anyTime, { wrote: { x: 'c' }, saw: { x: 'a' } }),
      op(4, anyTime, { saw: { x: 'a b c' } }),
    ]
    expect(namesIn(operations)).toEqual(['G-single'])
    expect(idsOf('G-single', operations)).toEqual([3, 2])
  })

  test('a condition that failed saw what a later one did not', () => {
    const refused = op(2, [1, 2], { wrote: { x: 'n' }, saw: { x: 'a' }, outcome: 'refused' })
    const operations = [write, refused, op(3, [3, 4], { saw: { x: 'a', y: 'b' } })]
    expect(namesIn(operations)).toEqual([])
    const stale = op(3, [3, 4], { saw: { y: '' } })
    expect(namesIn([write, refused, stale])).toEqual([inRealTime('G-single')])
    // What a cancelled transaction returns was read at one moment for each item.
    const cancelled = { ...refused, reads: [...refused.reads, { key: 'y', versions: [] }] }
    expect(namesIn([write, cancelled])).toEqual(['G-single'])
    expect(namesIn([write, { ...cancelled, level: 'readCommitted' }])).toEqual([])
  })

  test('the shortest cycle is the one that is shown', () => {
    const operations = [
      op(1, anyTime, { wrote: { x: 'a', y: 'b' } }),
      op(2, anyTime, { wrote: { y: 'c' } }),
      op(3, anyTime, { wrote: { y: 'd', z: 'e' } }),
      op(4, anyTime, { saw: { x: '', y: 'b c d', z: 'e' } }),
      op(5, anyTime, { saw: { x: 'a' } }),
    ]
    expect(idsOf('G-single', operations)).toEqual([4, 1, 2, 3])
    const shorter = op(6, anyTime, { saw: { x: 'a', y: '' } })
    expect(idsOf('G-single', [...operations, shorter])).toEqual([6, 1])
  })
})

describe('G2', () => {
  const skewed = [
    op(1, anyTime, { saw: { x: '', y: '' }, wrote: { x: 'a' } }),
    op(2, anyTime, { saw: { x: '', y: '' }, wrote: { y: 'b' } }),
  ]

  test('write skew', () => {
    expect(namesIn(skewed)).toEqual(['G2'])
  })

  test('not when one of them saw the other', () => {
    const second = op(2, anyTime, { saw: { x: 'a', y: '' }, wrote: { y: 'b' } })
    expect(namesIn([skewed[0] as Operation, second])).toEqual([])
  })

  test('with real time: two readers that disagree on the order of two writes', () => {
    const operations = [
      op(1, anyTime, { wrote: { x: 'a' } }),
      op(2, anyTime, { wrote: { y: 'b' } }),
      op(3, [1, 2], { saw: { x: 'a' } }),
      op(4, [3, 4], { saw: { y: '' } }),
      op(5, [1, 2], { saw: { y: 'b' } }),
      op(6, [3, 4], { saw: { x: '' } }),
    ]
    expect(namesIn(operations)).toEqual([
      'lost visible write',
      'lost visible write',
      inRealTime('G-single'),
      inRealTime('G2'),
    ])
    const apart = operations.map((each) =>
      each.id < 3 ? each : { ...each, invoked: 1, completed: 2 },
    )
    expect(namesIn(apart)).toEqual([])
    const together = [
      op(1, [1, 2], { wrote: { x: 'a' } }),
      op(2, [1, 2], { wrote: { y: 'b' } }),
      op(3, [3, 4], { saw: { x: 'a', y: '' } }),
    ]
    expect(namesIn(together)).toEqual(['lost acknowledged write', inRealTime('G-single')])
  })

  test('with real time: two stale reads, neither of which is stale alone', () => {
    const operations = [
      op(1, [0, 5], { saw: { x: '' }, wrote: { y: 'b' } }),
      op(2, [0, 1], { wrote: { z: 'c' }, saw: { y: '' } }),
      op(3, [2, 9], { wrote: { x: 'a' }, saw: { w: '' } }),
      op(4, [0, 9], { wrote: { w: 'd' }, saw: { x: 'a', y: '' } }),
    ]
    expect(namesIn(operations)).toContain('G2')
  })
})

describe('version orders', () => {
  const writes = ['a', 'b', 'c'].map((version, i) => op(i + 1, anyTime, { wrote: { x: version } }))

  test('two chains of which neither begins the other', () => {
    const operations = [
      ...writes,
      op(4, anyTime, { saw: { x: 'a b' } }),
      op(5, anyTime, { saw: { x: 'a c' }, level: 'readCommitted' }),
    ]
    expect(namesIn(operations)).toEqual(['incompatible version orders'])
    expect(check(operations)[0]?.text).toContain('#4 saw b in x after a, and #5 saw c there')
  })

  test('not one that begins the other', () => {
    const operations = [
      ...writes,
      op(4, anyTime, { saw: { x: 'a b' } }),
      op(5, anyTime, { saw: { x: 'a b c' } }),
    ]
    expect(namesIn(operations)).toEqual([])
  })

  test('a write tells the order by what it saw before', () => {
    const told = op(3, anyTime, { wrote: { x: 'c' }, before: { x: 'a' } })
    const operations = [writes[0], writes[1], told] as Operation[]
    expect(namesIn([...operations, op(4, anyTime, { saw: { x: 'a c b' } })])).toEqual([])
    expect(namesIn([...operations, op(4, anyTime, { saw: { x: 'a b c' } })])).toContain(
      'incompatible version orders',
    )
  })

  test('a version that nobody wrote, or not there', () => {
    const alien = op(4, anyTime, { saw: { x: 'a z' } })
    expect(namesIn([...writes, alien])).toEqual(['version that nobody wrote'])
    const misplaced = [op(5, anyTime, { wrote: { y: 'y1' } }), op(4, anyTime, { saw: { x: 'y1' } })]
    expect(namesIn(misplaced)).toEqual(['version that nobody wrote'])
    expect(namesIn([...writes, op(4, anyTime, { saw: { x: 'a c' } })])).toEqual([])
  })

  test('a version twice, as when a token did not hold', () => {
    const operations = [...writes, op(4, anyTime, { saw: { x: 'a b a' } })]
    expect(namesIn(operations)).toEqual(['duplicate version'])
    expect(idsOf('duplicate version', operations)).toEqual([1, 4])
    expect(namesIn([...writes, op(4, anyTime, { saw: { x: 'a b' } })])).toEqual([])
  })
})

describe('what was acknowledged', () => {
  const first = op(1, [1, 2], { wrote: { x: 'a' } })
  const second = op(2, [3, 4], { wrote: { x: 'b' } })

  test('is lost when no later read shows it', () => {
    const lost = ['lost acknowledged write', inRealTime('G-single')]
    expect(namesIn([first, second, op(3, [5, 6], { saw: { x: 'a' } })])).toEqual(lost)
    expect(namesIn([first, op(3, [5, 6], { saw: { x: '' } })])).toEqual(lost)
    // Seen, and gone later, as after a crash.
    const operations = [
      first,
      op(3, [3, 4], { saw: { x: 'a' } }),
      op(4, [5, 6], { saw: { x: '' } }),
    ]
    expect(namesIn(operations)).toEqual(lost)
    expect(check(operations)[0]?.text).toContain(
      '#1 was acknowledged before #4 was invoked, but #4 saw x without a',
    )
  })

  test('is not lost when the read began before', () => {
    expect(namesIn([first, second, op(3, [3.5, 6], { saw: { x: 'a' } })])).toEqual([])
  })

  test('is not lost when the read is read committed', () => {
    expect(namesIn([first, op(3, [5, 6], { saw: { x: '' }, level: 'readCommitted' })])).toEqual([])
  })

  test('was read stale when a later read shows it', () => {
    const operations = [
      first,
      op(3, [5, 6], { saw: { x: '' } }),
      op(4, [7, 8], { saw: { x: 'a' } }),
    ]
    expect(namesIn(operations)).toEqual(['stale read', inRealTime('G-single')])
  })

  test('is lost when the chain goes on without it', () => {
    const operations = [
      first,
      op(3, [5, 6], { wrote: { x: 'c' }, before: { x: '' } }),
      op(4, [7, 8], { saw: { x: 'c' } }),
    ]
    expect(namesIn(operations)).toContain('lost acknowledged write')
  })

  test('is lost when it was seen and the chain goes on without it', () => {
    const operations = [
      first,
      op(2, [3], { wrote: { x: 'b' } }),
      op(3, [4, 5], { saw: { x: 'a b' } }),
      op(4, [6, 7], { wrote: { x: 'c' } }),
      op(5, [8, 9], { wrote: { x: 'd' } }),
      op(6, [10, 11], { saw: { x: 'a c d' } }),
    ]
    expect(namesIn(operations)).toEqual(['incompatible version orders', 'lost visible write'])
    expect(check(operations)[1]?.text).toContain('#3 had seen b in x before #6 was invoked')
    // Also when the chain that is gone is the longest that anybody saw.
    const longest = operations.with(5, op(6, [10, 11], { saw: { x: 'a c' } }))
    expect(namesIn(longest)).toContain('lost visible write')
    const early = operations.with(2, op(3, [4, 10.5], { saw: { x: 'a b' } }))
    expect(namesIn(early)).toEqual(['incompatible version orders'])
  })

  test('is lost when it was only seen, whoever saw it', () => {
    for (const level of ['serializable', 'readCommitted'] as const) {
      const operations = [
        op(1, [1], { wrote: { x: 'a' } }),
        op(2, [2, 3], { saw: { x: 'a' }, level }),
        op(3, [4, 5], { saw: { x: '' } }),
      ]
      expect(namesIn(operations)).toEqual(['lost visible write', inRealTime('G-single')])
    }
  })
})

describe('an operation whose outcome is open', () => {
  const open = op(1, [1], { wrote: { x: 'a', y: 'b' } })

  test('may have happened or not, at any time', () => {
    expect(namesIn([open, op(2, [5, 6], { saw: { x: '', y: '' } })])).toEqual([])
    const late = [op(2, [5, 6], { saw: { x: '' } }), op(3, [7, 8], { saw: { x: 'a' } })]
    expect(namesIn([open, ...late])).toEqual([])
    // An answer that leaves it open does not end it.
    expect(namesIn([{ ...open, completed: 2 }, ...late])).toEqual([])
  })

  test('has happened as a whole when a part was seen', () => {
    const operations = [open, op(2, [2, 3], { saw: { x: 'a' } }), op(3, [4, 5], { saw: { y: '' } })]
    expect(namesIn(operations)).toEqual([inRealTime('G-single')])
  })
})

describe('an item that is deleted', () => {
  const created = op(1, [1, 2], { wrote: { x: 'a' } })
  const deleted = op(2, [3, 4], { deleted: { x: null } })
  const again = op(3, [5, 6], { wrote: { x: 'b' } })

  test('is absent afterwards, and its chain begins anew', () => {
    const operations = [
      created,
      deleted,
      op(4, [4.5, 4.8], { saw: { x: '' } }),
      again,
      op(5, [7, 8], { saw: { x: 'b' } }),
    ]
    expect(namesIn(operations)).toEqual([])
    const told = { ...deleted, writes: [{ ...deleted.writes[0], before: ['a'] } as ItemWrite] }
    expect(namesIn(operations.with(1, told))).toEqual([])
  })

  test('may be absent at any time while the deletion is open', () => {
    const open = op(2, [3], { deleted: { x: null } })
    expect(namesIn([created, open, op(4, [5, 6], { saw: { x: '' } })])).toEqual([])
    expect(namesIn([created, op(4, [5, 6], { saw: { x: '' } })])).toContain(
      'lost acknowledged write',
    )
  })

  test('does not come back as it was', () => {
    const operations = [
      created,
      deleted,
      again,
      op(5, [7, 8], { saw: { x: 'b' } }),
      op(6, [9, 10], { saw: { x: 'a' } }),
    ]
    expect(namesIn(operations)).toContain(inRealTime('G-single'))
    expect(namesIn(operations.with(4, op(6, [4.5, 10], { saw: { x: 'b' } })))).toEqual([])
  })

  test('is not absent between two reads of one life', () => {
    const operations = [
      created,
      deleted,
      op(4, [5, 6], { wrote: { x: 'b' } }),
      op(5, [7, 8], { saw: { x: '' } }),
      op(6, [9, 10], { saw: { x: 'b' } }),
    ]
    expect(namesIn(operations)).toContain(inRealTime('G-single'))
    expect(namesIn(operations.with(3, op(5, [5.5, 8], { saw: { x: '' } })))).toEqual([])
  })

  test('was deleted once, after all of its versions', () => {
    const second = op(2, anyTime, { wrote: { x: 'c' } })
    const both = op(3, anyTime, { saw: { x: 'a c' } })
    const deletion = (id: number, before: string) => op(id, anyTime, { deleted: { x: before } })
    const start = op(1, anyTime, { wrote: { x: 'a' } })
    expect(namesIn([start, second, both, deletion(4, 'a c')])).toEqual([])
    expect(namesIn([start, second, both, deletion(4, 'a')])).toContain(
      'incompatible version orders',
    )
    expect(namesIn([start, deletion(4, 'a'), deletion(5, 'a')])).toContain(
      'incompatible version orders',
    )
  })

  test('does not excuse a write that is missing while the item was there all the time', () => {
    const operations = [
      created,
      op(2, [3, 4], { wrote: { x: 'b' } }),
      op(4, [5, 6], { saw: { x: 'a' } }),
      op(5, [7, 8], { deleted: { x: null } }),
    ]
    expect(namesIn(operations)).toContain('lost acknowledged write')
    expect(namesIn(operations)).toContain(inRealTime('G-single'))
    // What was absent just before is not deleted.
    const nothing = op(5, [0.1, 0.2], { deleted: { x: '' } })
    const missing = [created, nothing, op(4, [5, 6], { saw: { x: '' } })]
    expect(namesIn(missing)).toEqual(['lost acknowledged write', inRealTime('G-single')])
  })
})

describe('many operations', () => {
  /** A serial execution by several clients on many items, one transaction or read at a time. */
  function longHistory(count: number): Operation[] {
    const chains = new Map<string, string[]>()
    const random = (
      (state) => () =>
        (state = (state * 48271) % 2147483647)
    )(7)
    return Array.from({ length: count }, (_, i): Operation => {
      const keys = [...new Set([random() % 500, random() % 500])].map((n) => `item#${n}`)
      const time = [i * 10 - (random() % 40), i * 10 + (random() % 40)] as const
      const saw = Object.fromEntries(keys.map((key) => [key, (chains.get(key) ?? []).join(' ')]))
      if (i % 2 === 0) return op(i, time, { saw })
      for (const key of keys) chains.set(key, [...(chains.get(key) ?? []), `${key}:${i}`])
      return op(i, time, { wrote: Object.fromEntries(keys.map((key) => [key, `${key}:${i}`])) })
    })
  }

  test('are clean when legal, and one stale read among them is found', () => {
    const operations = longHistory(10_000)
    expect(check(operations)).toEqual([])
    const at = operations.findIndex(
      ({ id, reads }) => id > 5_000 && (reads[0]?.versions.length ?? 0) > 3,
    )
    const victim = operations[at] as Operation
    const [first, ...rest] = victim.reads
    const stale = { key: first?.key as string, versions: first?.versions.slice(0, 1) as string[] }
    const corrupted = operations.with(at, { ...victim, reads: [stale, ...rest] })
    expect(namesIn(corrupted)).toContain('stale read')
    expect(idsOf(inRealTime('G-single'), corrupted)).toHaveLength(2)
  })
})
