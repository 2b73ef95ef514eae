/** Texts of TypeScript whose types cost something: a table of many entities, with and without uses of each. */

const imports = `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  bigint, check, createClient, defineTable, insert, list, map, number, oneOf, record, string, stringSet, update,
} from '@dynatom/client'
`

const entityText = (i) => `    Entity${i}: {
      keys: {
        PK: 'TENANT#{tenant}', SK: 'ENTITY${i}#{id}#{seq:6}',
        StatusPK: 'ENTITY${i}#{status}', StatusSK: '{updated}',
      },
      attributes: {
        status: oneOf('open', 'closed'), updated: string(), title: string(), amount: bigint(),
        count: number().optional(), note: string().optional(), tags: stringSet().optional(),
        log: list(string()).optional(), extra: record(number()).optional(),
        address: map({
          street: string(), zip: string().optional(), place: map({ lat: number(), lon: number() }).optional(),
        }).optional(),
      },
    },
`

const useText = (i) => `export async function use${i}() {
  const { Entity${i} } = app.entities
  await db.insert(Entity${i}, { ...key, status: 'open', updated: 'u', title: 't', amount: 1n })
  await db.update(
    Entity${i}, key, { set: { 'address.zip': 'z', title: 't' }, add: { amount: 1n } },
    { if: { status: 'open', amount: { ge: 1n } } },
  )
  for await (const { address } of db.query(Entity${i}, { status: 'open' }, { index: 'ByStatus' })) {
    if (address?.place?.lat === 1) return address.street
  }
  const outcome = await db.transactWrite({
    charge: update(Entity${i}, key, { add: { amount: -1n } }, { if: { amount: { ge: 1n } } }),
    guard: check(Entity${i}, { ...key, seq: 2 }, { status: 'open' }),
    receipt: insert(Entity${i}, { ...key, seq: 3, status: 'open', updated: 'u', title: 't', amount: 1n }),
  }).try()
  return outcome.ok ? (await db.get(Entity${i}, key))?.title : outcome.error.reasons.charge.item?.title
}
`

const times = (count, textOf) => Array.from({ length: count }, (_, i) => textOf(i)).join('')

/** A module that imports and does nothing else of any cost. */
export const importsText = `${imports}
export const db = createClient(new DynamoDBClient({}))
export const kinds = [bigint, check, insert, list, map, number, oneOf, record, string, stringSet, update, defineTable]
`

/** A module with a table of \`count\` entities; with \`isUsed\` each of them is written, read and transacted. */
export const tableText = (count, isUsed) => `${imports}
export const app = defineTable({
  name: 'App',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    Inverse: { partitionKey: 'SK', sortKey: 'PK' },
    ByStatus: { partitionKey: 'StatusPK', sortKey: 'StatusSK' },
  },
  entities: {
${times(count, entityText)}  },
})
export const db = createClient(new DynamoDBClient({}))
export const key = { tenant: 't', id: 'i', seq: 1 }
export const functions = [check, insert, update]
${isUsed ? times(count, useText) : ''}`
