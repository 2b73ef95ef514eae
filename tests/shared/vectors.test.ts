import { expect, test } from 'vitest'
import { withTwoServers, type Server } from './sharedWorld.ts'
import { keyOf, tableRequest } from './tables.ts'

const TableName = 'articles'

const creation = {
  ...tableRequest(TableName),
  VectorIndexes: [
    {
      IndexName: 'byMeaning',
      VectorAttribute: { AttributeName: 'embedding' },
      Dimensions: 2,
      DistanceFunction: 'EUCLIDEAN',
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
}

const numbers = (x: number, y: number): object[] => [{ N: String(x) }, { N: String(y) }]

const article = (pk: string, x: number): object => ({
  ...keyOf(pk),
  embedding: { L: numbers(x, 0) },
})

/** The keys of the two items that are nearest to the origin. */
async function nearest(server: Server): Promise<string[]> {
  const { SearchResults } = await server.ask('SearchVectors', {
    TableName,
    IndexName: 'byMeaning',
    SearchVector: numbers(0, 0),
    TopK: 2,
  })
  return (SearchResults as { Item: { pk: { S: string } } }[]).map(({ Item }) => Item.pk.S)
}

test.each([51, 52, 53])(
  'a search sees what the other server has written, seed %i',
  async (seed) => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await a.ask('CreateTable', creation)
      for (const [pk, x] of [
        ['far', 9],
        ['near', 1],
        ['between', 5],
      ] as const) {
        await a.ask('PutItem', { TableName, Item: article(pk, x) })
      }
      for (const server of [a, b]) expect(await nearest(server)).toEqual(['near', 'between'])
      // By now whoever keeps vectors in memory has them.
      await b.ask('PutItem', { TableName, Item: article('far', 0.5) })
      for (const server of [a, b]) expect(await nearest(server)).toEqual(['far', 'near'])
      await a.ask('DeleteItem', { TableName, Key: keyOf('near') })
      await b.ask('TransactWriteItems', {
        TransactItems: [
          { Put: { TableName, Item: article('far', 7) } },
          { Put: { TableName, Item: article('new', 2) } },
        ],
      })
      for (const server of [a, b]) expect(await nearest(server)).toEqual(['new', 'between'])
      expect(await world.check()).toEqual([])
    })
  },
)
