import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { numbersOf, tableName, vectorTable } from '../testing/vectorTables.ts'
import { loadGraphLibrary } from './graphLibrary.ts'
import { GraphUpkeep } from './graphUpkeep.ts'
import type { VectorSet } from './vectorSet.ts'

const dimensions = 32
const vectorIndex = {
  IndexName: 'byVector',
  VectorAttribute: { AttributeName: 'embedding' },
  Dimensions: dimensions,
  DistanceFunction: 'COSINE',
  Projection: { ProjectionType: 'KEYS_ONLY' },
}

const random = new SeededRandom(23)
const randomNumbers = (): unknown =>
  numbersOf(Float32Array.from({ length: dimensions }, () => random.next() - 0.5))

async function openTable(options: Parameters<typeof openIndexedDatabase>[0]): Promise<{
  database: IndexedDatabase
  put: (from: number, to: number) => Promise<void>
  search: () => Promise<string[]>
  isApproximate: () => Promise<boolean>
}> {
  const database = await openIndexedDatabase(options)
  await database.call('CreateTable', vectorTable({ VectorIndexes: [vectorIndex] }))
  const put = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i++) {
      const Item = { id: { S: `item ${i}` }, embedding: { L: randomNumbers() } }
      expect(await database.call('PutItem', { TableName: tableName, Item })).toEqual({})
    }
  }
  const search = async (): Promise<string[]> => {
    const { SearchResults: found } = (await database.call('SearchVectors', {
      TableName: tableName,
      IndexName: 'byVector',
      SearchVector: randomNumbers(),
      TopK: 5,
    })) as unknown as { SearchResults: { Item: { id: { S: string } } }[] }
    return found.map(({ Item: { id } }) => id.S)
  }
  const isApproximate = async (): Promise<boolean> => {
    const [index] = database.catalog.tableForData(tableName).vectorIndexes
    return (await database.services.vectors()).isApproximate(index as never)
  }
  return { database, put, search, isApproximate }
}

const bytesOf = (count: number): number => 4 * dimensions * count

test('an index has a graph from a size on, which follows it, and none when it is small again', async () => {
  const { database, put, search, isApproximate } = await openTable({
    leastGraphBytes: bytesOf(200),
  })
  await put(0, 199)
  expect(await search()).toHaveLength(5)
  await database.settled()
  expect(await isApproximate()).toBe(false)
  await put(199, 200)
  expect(await search()).toHaveLength(5)
  await database.settled()
  expect(await isApproximate()).toBe(true)
  for (let i = 0; i < 101; i++) {
    await database.call('DeleteItem', { TableName: tableName, Key: { id: { S: `item ${i}` } } })
    if (i % 10 === 9) {
      const found = await search()
      expect(found).toHaveLength(5)
      expect(found.filter((id) => Number(id.slice(5)) <= i)).toEqual([])
      expect(await isApproximate()).toBe(true)
    }
  }
  expect(await search()).toHaveLength(5)
  expect(await isApproximate()).toBe(false)
  await database.close()
})

test("with 'exact' no index has a graph", async () => {
  const { database, put, search, isApproximate } = await openTable({
    leastGraphBytes: 1,
    vectorSearch: 'exact',
  })
  await put(0, 50)
  await search()
  await database.settled()
  expect(await isApproximate()).toBe(false)
  await database.close()
})

test('a database that is closed makes no graph any more', async () => {
  const { database, put, search, isApproximate } = await openTable({ leastGraphBytes: 1 })
  await put(0, 400)
  await search()
  await database.close()
  expect(await isApproximate()).toBe(false)
})

/** As much of a set as the upkeep sees. */
interface FakeSet extends VectorSet {
  readonly left: () => number
  readonly dropped: () => number
}

/** It has no memory when its steps are done. */
function fakeSet(steps: number): FakeSet {
  let left = steps
  let dropped = 0
  return {
    vectorBytes: 1000,
    hasGraph: false,
    stepGraph: () => {
      if (left === 0) throw new Error('no memory')
      left -= 1
      return 'more'
    },
    dropGraph: () => (dropped += 1),
    left: () => left,
    dropped: () => dropped,
  } as never
}

test('without the library it is said once, and nothing is done', async () => {
  expect(loadGraphLibrary('a-package-that-is-not-there')).toBeUndefined()
  let told = 0
  let loaded = 0
  const upkeep = new GraphUpkeep(systemClock, {
    leastBytes: 1000,
    onMissing: () => (told += 1),
    load: () => void (loaded += 1),
  })
  const sets = [fakeSet(3), fakeSet(3)]
  for (let i = 0; i < 3; i++) for (const set of sets) upkeep.tend(set)
  await upkeep.settled()
  expect({ told, loaded, left: sets.map(({ left }) => left()) }).toEqual({
    told: 1,
    loaded: 1,
    left: [3, 3],
  })
})

test('a set that is left, or that there is no memory for, has no graph', async () => {
  const upkeep = new GraphUpkeep(systemClock, { leastBytes: 1000, onMissing: () => {} })
  const failing = fakeSet(2)
  upkeep.tend(failing)
  await upkeep.settled()
  upkeep.tend(failing)
  await upkeep.settled()
  expect([failing.left(), failing.dropped()]).toEqual([0, 1])
  const left = fakeSet(1000)
  upkeep.leave(left)
  upkeep.tend(left)
  await upkeep.settled()
  expect([left.left(), left.dropped()]).toEqual([1000, 1])
})
