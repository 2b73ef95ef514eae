import { describe, expect, test } from 'vitest'
import type { VectorIndex } from '../schema/table.ts'
import { storedVectorEntry } from '../items/vectorEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { LoopTurns, systemClock } from '../clock.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import { distanceFunctions, type DistanceName } from '../testing/vectorTables.ts'
import { loadGraphLibrary, type GraphLibrary } from './graphLibrary.ts'
import { VectorSet } from './vectorSet.ts'
import type { Candidate } from './topResults.ts'

const library = loadGraphLibrary() as GraphLibrary
const dimensions = 24

/** An index with a filter on the attribute `kind`. */
const indexOf = (distanceFunction: DistanceName): VectorIndex =>
  ({
    number: 1,
    partitionKeys: [],
    vector: {
      attributeName: 'embedding',
      dimensions,
      distanceFunction,
      filters: [{ name: 'kind', type: 'S' }],
    },
  }) as unknown as VectorIndex

/** Vectors round so many middles. */
class Mixture {
  readonly random = new SeededRandom(17)
  readonly #middles: readonly Float32Array[]

  constructor(middles: number) {
    this.#middles = Array.from({ length: middles }, () => this.#floats(1))
  }

  next(): Float32Array {
    const middle = this.#middles[this.random.below(this.#middles.length)] as Float32Array
    const off = this.#floats(0.4)
    return middle.map((element, i) => element + (off[i] as number))
  }

  #floats(width: number): Float32Array {
    return Float32Array.from({ length: dimensions }, () => (this.random.next() * 2 - 1) * width)
  }
}

/** A set, and one with the same vectors that never has a graph. */
class Twins {
  readonly #sets: readonly [VectorSet, VectorSet]
  readonly #mixture = new Mixture(40)
  readonly keys = new Set<string>()

  constructor(distanceFunction: DistanceName) {
    const index = indexOf(distanceFunction)
    this.#sets = [new VectorSet(index), new VectorSet(index)]
  }

  get set(): VectorSet {
    return this.#sets[0]
  }

  get random(): SeededRandom {
    return this.#mixture.random
  }

  put(key: string, kind: string, vector: Float32Array = this.#mixture.next()): void {
    this.keys.add(key)
    const { stored } = ItemImage.ofItem({ kind: { S: kind } })
    const value = storedVectorEntry(vector, stored)
    for (const set of this.#sets) set.apply([[key, value]])
  }

  remove(key: string): void {
    this.keys.delete(key)
    for (const set of this.#sets) set.apply([[key, undefined]])
  }

  catchUp(): void {
    while (this.set.stepGraph(library) === 'more');
  }

  async search(
    more: { kind?: string; topK?: number; vector?: Float32Array } = {},
  ): Promise<readonly [readonly Candidate[], readonly Candidate[]]> {
    const { kind, topK = 10, vector = this.#mixture.next() } = more
    const conditions = kind === undefined ? [] : [{ name: 'kind', value: { S: kind } }]
    const query = { vector, topK, conditions }
    const [found, exact] = await Promise.all(
      this.#sets.map((set) => set.search(query, new LoopTurns(systemClock))),
    )
    return [found as readonly Candidate[], exact as readonly Candidate[]]
  }

  /** The share of the nearest that searches find; what they find has the scores that it should. */
  async recall(more: { kind?: string; topK?: number } = {}): Promise<number> {
    let right = 0
    let all = 0
    for (let i = 0; i < 60; i++) {
      const [found, exact] = await this.search(more)
      expect(found.length).toBe(exact.length)
      const scores = new Map(exact.map(({ key, score }) => [key, score]))
      for (const { key, score } of found) {
        if (!scores.has(key)) continue
        right += 1
        expect(score).toBe(scores.get(key))
      }
      expect(found.map(({ rank }) => rank)).toEqual(
        found.map(({ rank }) => rank).toSorted((a, b) => a - b),
      )
      all += exact.length
    }
    return right / all
  }
}

const kindOf = (i: number): string => (i % 100 === 0 ? 'rare' : i % 2 === 0 ? 'even' : 'odd')

function filled(distanceFunction: DistanceName, count = 3000): Twins {
  const twins = new Twins(distanceFunction)
  for (let i = 0; i < count; i++) twins.put(`key ${i}`, kindOf(i))
  return twins
}

describe.each(distanceFunctions)('%s by a graph', (distanceFunction) => {
  test('finds nearly the nearest, with filters too, and after many changes', async () => {
    const twins = filled(distanceFunction)
    twins.catchUp()
    expect(twins.set.hasGraph).toBe(true)
    expect(await twins.recall()).toBeGreaterThan(0.97)
    expect(await twins.recall({ topK: 100 })).toBeGreaterThan(0.97)
    expect(await twins.recall({ kind: 'rare' })).toBe(1)
    expect(await twins.recall({ kind: 'odd' })).toBeGreaterThan(0.95)
    // Of products with vectors of different lengths, a graph knows less after many changes.
    const least = distanceFunction === 'DOT_PRODUCT' ? 0.85 : 0.94
    const keys = [...twins.keys]
    for (let i = 0; i < 1200; i++) {
      const key = keys[twins.random.below(keys.length)] as string
      if (i % 3 === 0) twins.remove(key)
      else twins.put(key, kindOf(i))
      // Some are in the graph and some wait when the next ones come.
      if (i % 2 === 0) twins.set.stepGraph(library)
      if (i % 100 === 0) expect(await twins.recall()).toBeGreaterThan(least)
    }
    twins.catchUp()
    expect(await twins.recall()).toBeGreaterThan(least)
    expect(await twins.recall({ kind: 'rare' })).toBe(1)
  }, 60_000)
})

test('until all are in the graph, and when the query has no code, a search is exact', async () => {
  const twins = filled('COSINE', 500)
  for (let i = 0; i < 300; i++) {
    expect(twins.set.stepGraph(library)).toBe('more')
    const [found, exact] = await twins.search()
    expect(found).toEqual(exact)
  }
  twins.catchUp()
  const [found, exact] = await twins.search({ vector: new Float32Array(dimensions) })
  expect(found).toEqual(exact)
})

test('what was just put is found, and what was removed is not', async () => {
  const twins = filled('EUCLIDEAN', 1000)
  twins.catchUp()
  const vector = new Float32Array(dimensions).fill(0.9)
  const farOut = new Float32Array(dimensions).fill(1e9)
  for (const placed of [vector, farOut]) {
    twins.put('new', 'odd', placed)
    const [[first]] = await twins.search({ vector: placed })
    expect(first).toMatchObject({ key: 'new', score: 0 })
    twins.catchUp()
    expect((await twins.search({ vector: placed }))[0][0]).toEqual(first)
    twins.remove('new')
    const [found, exact] = await twins.search({ vector: placed })
    expect(found.map(({ key }) => key)).not.toContain('new')
    expect(found[0]).toEqual(exact[0])
  }
})

test('a filter that few of the near ones pass is answered exactly', async () => {
  const twins = new Twins('EUCLIDEAN')
  for (let i = 0; i < 1000; i++) twins.put(`near ${i}`, 'near')
  const far = new Mixture(5)
  for (let i = 0; i < 1000; i++) {
    twins.put(
      `far ${i}`,
      'far',
      far.next().map((element) => element + 5),
    )
  }
  twins.catchUp()
  const [found, exact] = await twins.search({ kind: 'far' })
  expect(found).toHaveLength(10)
  expect(found).toEqual(exact)
})

test('another graph takes the place of one that is half empty or was made for other vectors', async () => {
  let opened = 0
  const counting: GraphLibrary = {
    open: (...args) => {
      opened += 1
      return library.open(...args)
    },
  }
  const step = (set: VectorSet): void => {
    while (set.stepGraph(counting) === 'more');
  }
  const twins = filled('DOT_PRODUCT', 1000)
  step(twins.set)
  step(twins.set)
  expect(opened).toBe(1)
  for (const key of [...twins.keys].slice(0, 501)) twins.remove(key)
  step(twins.set)
  expect(opened).toBe(2)
  for (let i = 0; i < 100; i++) {
    twins.put(`long ${i}`, 'odd', new Float32Array(dimensions).fill(1000 + i))
  }
  step(twins.set)
  step(twins.set)
  expect(opened).toBe(3)
  expect(await twins.recall()).toBeGreaterThan(0.9)
})
