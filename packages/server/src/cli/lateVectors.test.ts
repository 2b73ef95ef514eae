import { expect, test } from 'vitest'
import { vectorsDelayMs } from '../limits.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import { randomItem, tableName, vectorIndexes, vectorTable } from '../testing/vectorTables.ts'

const dimensions = 4

async function filledEngine(VectorIndexes: readonly object[]): Promise<MemoryEngine> {
  const engine = new MemoryEngine()
  const random = new SeededRandom(9)
  const database = await openIndexedDatabase({ engine })
  await database.call('CreateTable', vectorTable({ VectorIndexes }))
  for (let i = 0; i < 600; i++) {
    const Item = randomItem(random, `item ${i}`, dimensions)
    expect(await database.call('PutItem', { TableName: tableName, Item })).toEqual({})
  }
  await database.work.close()
  return engine
}

async function loaded({ catalog, services }: IndexedDatabase): Promise<boolean[]> {
  const searches = await services.vectors()
  const { vectorIndexes: indexes } = catalog.tableForData(tableName)
  return indexes.map((index) => searches.isLoaded(index))
}

test('a database that is opened reads the vectors that it has after a while', async () => {
  const engine = await filledEngine(vectorIndexes(dimensions))
  const clock = new ManualClock()
  const database = await openIndexedDatabase({ engine, clock, leastGraphBytes: 1 })
  expect(await loaded(database)).toEqual([false, false, false])
  clock.advance(vectorsDelayMs - 1)
  await database.settled()
  expect(await loaded(database)).toEqual([false, false, false])
  clock.advance(1)
  await expect.poll(() => loaded(database)).toEqual([true, true, true])
  await database.settled()
  const searches = await database.services.vectors()
  const { vectorIndexes: indexes } = database.catalog.tableForData(tableName)
  expect(indexes.map((index) => searches.isApproximate(index))).toEqual([true, true, true])
  await database.close()
})

test('one that is closed meanwhile reads nothing any more', async () => {
  const engine = await filledEngine(vectorIndexes(dimensions))
  const clock = new ManualClock()
  const database = await openIndexedDatabase({ engine, clock })
  clock.advance(vectorsDelayMs)
  await database.close()
  expect(await loaded(database)).toEqual([false, false, false])
})
