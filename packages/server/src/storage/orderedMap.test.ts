import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf, OrderedMap, type TreeNode } from './orderedMap.ts'
import { runsOf } from '../testing/propertyRuns.ts'

const all = <V>(root: TreeNode<V>): [string, V][] => [
  ...entriesOf(root, { start: '', end: '\uffff', isReverse: false }),
]
const nodesOf = <V>(root: TreeNode<V>): number =>
  'children' in root ? root.children.reduce((sum, child) => sum + nodesOf(child), 1) : 1

describe('OrderedMap', () => {
  test('agrees with a sorted Map while earlier states stay as they were', () => {
    const step = fc.record({
      key: fc.string({ maxLength: 3 }),
      value: fc.option(fc.nat(), { nil: undefined }),
      freeze: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const map = new OrderedMap<number>()
        const model = new Map<string, number>()
        const sorted = (): [string, number][] =>
          [...model].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        const frozen: { root: TreeNode<number>; entries: [string, number][] }[] = []
        for (const { key, value, freeze } of steps) {
          if (freeze) frozen.push({ root: map.freeze(), entries: sorted() })
          if (value === undefined) {
            map.delete(key)
            model.delete(key)
          } else {
            map.set(key, value)
            model.set(key, value)
          }
          expect(map.get(key)).toBe(value)
        }
        frozen.push({ root: map.freeze(), entries: sorted() })
        for (const { root, entries } of frozen) {
          expect(all(root)).toEqual(entries)
          expect([...entriesOf(root, { start: '', end: '\uffff', isReverse: true })]).toEqual(
            entries.toReversed(),
          )
        }
      }),
      { numRuns: runsOf(100) },
    )
  })

  test('walks between any bounds, both ways', () => {
    const key = fc.nat({ max: 2500 }).map((n) => String(n).padStart(4, '0'))
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 1500, size: 'max' }), key, key, (keys, a, b) => {
        const map = new OrderedMap<number>()
        for (const [i, each] of keys.entries()) map.set(each, i)
        const root = map.freeze()
        const found = keys.filter((each) => each >= a && each < b).sort()
        const walked = (isReverse: boolean): string[] =>
          [...entriesOf(root, { start: a, end: b, isReverse })].map(([each]) => each)
        expect(walked(false)).toEqual(found)
        expect(walked(true)).toEqual(found.toReversed())
      }),
      { numRuns: runsOf(200) },
    )
  })

  test('a fork and what it was made of change apart', () => {
    const step = fc.tuple(fc.nat({ max: 999 }), fc.boolean(), fc.boolean())
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const map = new OrderedMap<number>()
        for (let i = 0; i < 500; i++) map.set(String(i), i)
        const both = [map, map.fork()] as const
        const models = both.map(() => new Map(all(map.freeze())))
        for (const [key, sets, isFork] of steps) {
          const text = String(key)
          const model = models[Number(isFork)] as Map<string, number>
          if (sets) both[Number(isFork)]?.set(text, -key)
          else both[Number(isFork)]?.delete(text)
          if (sets) model.set(text, -key)
          else model.delete(text)
        }
        both.forEach((each, i) => {
          expect(new Map(all(each.freeze()))).toEqual(models[i])
        })
      }),
      { numRuns: runsOf(50) },
    )
  })

  test('a queue does not grow: nodes that were emptied are gone', () => {
    const map = new OrderedMap<number>()
    const keyOf = (i: number): string => String(i).padStart(8, '0')
    for (let i = 0; i < 100_000; i++) {
      map.set(keyOf(i), i)
      if (i >= 100) map.delete(keyOf(i - 100))
    }
    expect(all(map.freeze()).map(([, value]) => value)).toEqual(
      Array.from({ length: 100 }, (_, i) => 99_900 + i),
    )
    expect(nodesOf(map.freeze())).toBeLessThan(20)
  })

  test('an emptied map takes keys again', () => {
    const map = new OrderedMap<number>()
    const keys = Array.from({ length: 10_000 }, (_, i) => String((i * 7919) % 10_000))
    for (const key of keys) map.set(key, 1)
    for (const key of keys) map.delete(key)
    expect(all(map.freeze())).toEqual([])
    map.set('a', 2)
    expect(all(map.freeze())).toEqual([['a', 2]])
  })
})
