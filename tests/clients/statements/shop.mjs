import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb'

const key = (AttributeName, KeyType) => ({ AttributeName, KeyType })

const tables = [
  {
    TableName: 'Products',
    KeySchema: [key('sku', 'HASH')],
    AttributeDefinitions: [
      { AttributeName: 'sku', AttributeType: 'S' },
      { AttributeName: 'category', AttributeType: 'S' },
      { AttributeName: 'price', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byPrice',
        KeySchema: [key('category', 'HASH'), key('price', 'RANGE')],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  },
  {
    TableName: 'Customers',
    KeySchema: [key('id', 'HASH')],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  },
  {
    TableName: 'Orders',
    KeySchema: [key('customer', 'HASH'), key('placed', 'RANGE')],
    AttributeDefinitions: [
      { AttributeName: 'customer', AttributeType: 'S' },
      { AttributeName: 'placed', AttributeType: 'N' },
    ],
  },
]

/** Creates the tables of the shop, which have no statement, and waits until they can be used. */
export async function createTables(client) {
  for (const table of tables) {
    await client.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }))
    const waiter = { client, minDelay: 0.1, maxDelay: 0.2, maxWaitTime: 20 }
    await waitUntilTableExists(waiter, { TableName: table.TableName })
  }
}

/** Bytes that are UTF-8, too: the AWS CLI has no other way to take them. */
const bytes = (text) => new Uint8Array(Buffer.from(text))

/** A product with an attribute of every type. */
export const mug = {
  sku: 'mug',
  category: 'kitchen',
  name: "Baker's mug",
  price: 8.5,
  stock: 20,
  isFragile: true,
  discontinued: null,
  photo: bytes('\u0000\u007fé€'),
  stamps: new Set([bytes('a'), bytes('é')]),
  colours: new Set(['blue', 'white']),
  ounces: new Set([8, 12.5]),
  tags: ['new', 1],
  details: { weight: 0.35, box: [10, 12], maker: { town: 'Delft' } },
}

/** The same in the statement's own words, but for the bytes, which have none. */
export const insertMug = `INSERT INTO "Products" VALUE {
  'sku': 'mug', 'category': 'kitchen', 'name': 'Baker''s mug', 'price': 8.5, 'stock': 20,
  'isFragile': true, 'discontinued': null, 'photo': ?, 'stamps': ?,
  'colours': <<'blue', 'white'>>, 'ounces': <<8, 12.5>>, 'tags': ['new', 1],
  'details': {'weight': 0.35, 'box': [10, 12], 'maker': {'town': 'Delft'}}
}`

/** Another one: each of its values is a parameter. */
export const jug = { ...mug, sku: 'jug', name: 'Jug', price: 12, stock: 3 }

export function insert(table, item) {
  const names = Object.keys(item).map((name) => `'${name}': ?`)
  const Statement = `INSERT INTO "${table}" VALUE {${names.join(', ')}}`
  return { Statement, Parameters: Object.values(item) }
}

const kitchen = (sku, price, stock = 10) => ({ sku, category: 'kitchen', price, stock })

export const ladle = kitchen('ladle', 6, 2)
export const whisk = kitchen('whisk', 7.25, 100_000)
export const rake = { sku: 'rake', category: 'garden', price: 15, stock: 1 }

/** What is sold beside the mug. */
export const others = [jug, ladle, whisk, kitchen('knife', 19.9), kitchen('pan', 42), rake]

export const customers = [
  { id: 'ann', balance: 100 },
  { id: 'ben', balance: 5 },
]

/** A statement and its parameters; none are left out where there are none, as clients want it. */
export const statement = (Statement, ...Parameters) => ({
  Statement,
  ...(Parameters.length > 0 && { Parameters }),
})
