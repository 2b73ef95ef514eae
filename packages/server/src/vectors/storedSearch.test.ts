import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import type { Committer } from '../commits/committer.ts'
import type { VectorIndex } from '../schema/table.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase } from '../testing/indexedDatabase.ts'
import { SeededRandom } from '../testing/seededRandom.ts'
import {
  randomItem,
  randomVector,
  tableName,
  vectorIndexes,
  vectorTable,
} from '../testing/vectorTables.ts'
import { VectorSearches, type FoundVector, type VectorQuery } from './vectorSearches.ts'

const dimensions = 6

/** A committer of a store that others write to as well. */
function sharedCommitter(engine: MemoryEngine): Committer {
  const own = new GroupCommit(engine, systemClock)
  return {
    isOrdered: false,
    submit: (member) => own.submit(member),
    onDraw: (key, listener) => own.onDraw(key, listener),
    settled: () => own.settled(),
  }
}

const shown = (found: readonly FoundVector[]): unknown[] =>
  found.map(({ score, image, vector }) => [score, image.item, [...vector]])

test('a search that reads the store gives what one in memory gives', async () => {
  const random = new SeededRandom(5)
  const engine = new MemoryEngine()
  const database = await openIndexedDatabase({ engine })
  await database.call('CreateTable', vectorTable({ VectorIndexes: vectorIndexes(dimensions) }))
  const stored = new VectorSearches({
    engine,
    commits: sharedCommitter(engine),
    clock: systemClock,
  })
  const inMemory = await database.services.vectors()
  const { vectorIndexes: indexes } = database.catalog.tableForData(tableName)
  for (let round = 0; round < 30; round++) {
    for (let i = 0; i < 10; i++) {
      const Item = randomItem(random, `item ${random.below(80)}`, dimensions)
      await database.call('PutItem', { TableName: tableName, Item })
    }
    for (const index of indexes) {
      const query = queryOf(index, random)
      const found = shown(await inMemory.search(index, query))
      expect(shown(await stored.search(index, query))).toEqual(found)
      if (round === 29) expect(found.length).toBeGreaterThan(0)
    }
  }
  await database.work.close()
})

function queryOf({ partitionKeys, vector }: VectorIndex, random: SeededRandom): VectorQuery {
  const tenant = partitionKeys.map(({ name }) => ({ name, value: { S: 'tenant 1' } }))
  const shade = vector.filters.map(({ name }) => ({ name, value: { N: '2' } }))
  return {
    vector: Float32Array.from(randomVector(random, dimensions)),
    topK: random.between(1, 30),
    conditions: [...tenant, ...(random.chance(0.5) ? shade : [])],
  }
}
