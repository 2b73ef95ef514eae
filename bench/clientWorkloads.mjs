/*
 * The same requests by `@dynatom/client` and by the DocumentClient, as somebody would write them by hand.
 * Each of them is given a number and sends the request of that number.
 */
import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import {
  check,
  defineTable,
  list,
  map,
  number,
  oneOf,
  put,
  string,
  stringSet,
  update,
} from '@dynatom/client'

const TableName = 'Shop'
const accounts = 500

export const shop = defineTable({
  name: TableName,
  partitionKey: 'PK',
  sortKey: 'SK',
  entities: {
    Account: {
      keys: { PK: 'ACCOUNT#{account}', SK: 'ACCOUNT' },
      attributes: {
        name: string(),
        email: string(),
        status: oneOf('open', 'closed'),
        balance: number(),
        visits: number(),
        tags: stringSet(),
        address: map({ street: string(), city: string(), zip: string() }),
        orders: list(map({ sku: string(), count: number(), price: number() })),
      },
    },
    Receipt: {
      keys: { PK: 'ACCOUNT#{account}', SK: 'RECEIPT#{receipt}' },
      attributes: { amount: number(), text: string() },
    },
  },
})
const { Account, Receipt } = shop.entities

const accountOf = (i) => `account-${i % accounts}`
const text = 'A receipt of some length, as receipts are.'

/** Some 500 bytes each. */
export const seed = (db) =>
  db.batchWrite(
    Array.from({ length: accounts }, (_, i) =>
      put(Account, {
        account: accountOf(i),
        name: `Holder of account ${i}`,
        email: `holder-${i}@example.com`,
        status: 'open',
        balance: 1_000_000,
        visits: 0,
        tags: new Set(['regular', 'newsletter']),
        address: { street: `${i} Main Street`, city: 'Springfield', zip: '12345' },
        orders: Array.from({ length: 5 }, (__, n) => ({
          sku: `sku-${n}`,
          count: n + 1,
          price: 9.5,
        })),
      }),
    ),
  )

const keyOf = (i) => ({ PK: `ACCOUNT#${accountOf(i)}`, SK: 'ACCOUNT' })

export const clientWorkloads = [
  {
    name: 'get',
    client: (db) => (i) => db.get(Account, { account: accountOf(i) }),
    documentClient: (bare) => (i) => bare.send(new GetCommand({ TableName, Key: keyOf(i) })),
  },
  {
    name: 'update',
    client: (db) => (i) =>
      db.update(
        Account,
        { account: accountOf(i) },
        { add: { visits: 1 }, set: { name: `Holder ${i}` } },
        { if: { status: 'open' } },
      ),
    documentClient: (bare) => (i) =>
      bare.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(i),
          UpdateExpression: 'ADD visits :one SET #name = :name',
          ConditionExpression: '#status = :open',
          ExpressionAttributeNames: { '#name': 'name', '#status': 'status' },
          ExpressionAttributeValues: { ':one': 1, ':name': `Holder ${i}`, ':open': 'open' },
        }),
      ),
  },
  {
    name: 'transaction of four',
    client: (db) => (i) =>
      db.transactWrite({
        charge: update(
          Account,
          { account: accountOf(i) },
          { add: { balance: -1 } },
          { if: { balance: { ge: 1 } } },
        ),
        credit: update(Account, { account: accountOf(i + 100) }, { add: { balance: 1 } }),
        guard: check(Account, { account: accountOf(i + 200) }, { status: 'open' }),
        receipt: put(Receipt, { account: accountOf(i), receipt: `${i % 1000}`, amount: 1, text }),
      }),
    documentClient: (bare) => (i) => bare.send(new TransactWriteCommand(transactionOf(i))),
  },
]

function transactionOf(i) {
  return {
    TransactItems: [
      {
        Update: {
          TableName,
          Key: keyOf(i),
          UpdateExpression: 'ADD balance :minus',
          ConditionExpression: 'balance >= :one',
          ExpressionAttributeValues: { ':minus': -1, ':one': 1 },
        },
      },
      {
        Update: {
          TableName,
          Key: keyOf(i + 100),
          UpdateExpression: 'ADD balance :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      {
        ConditionCheck: {
          TableName,
          Key: keyOf(i + 200),
          ConditionExpression: '#status = :open',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':open': 'open' },
        },
      },
      {
        Put: {
          TableName,
          Item: { PK: keyOf(i).PK, SK: `RECEIPT#${i % 1000}`, amount: 1, text },
        },
      },
    ],
  }
}
