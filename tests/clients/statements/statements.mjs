import assert from 'node:assert/strict'
import { openSdkV3 } from '../gamePurchase/sdkV3.mjs'
import { Counter } from './counter.mjs'
import { batches, placeOrders, sendAgain } from './orders.mjs'
import { changeProducts, insertProducts, refuseStatements, selectFromIndex } from './products.mjs'
import { rush } from './rush.mjs'
import { createTables, statement } from './shop.mjs'

const tableNames = ['Products', 'Customers', 'Orders']

/** Whatever the tables hold, as the client has it. */
async function contents(counter) {
  const everything = tableNames.map(async (name) => {
    const all = statement(`SELECT * FROM "${name}"`)
    return (await counter.answer('ExecuteStatement', all)).Items
  })
  return Promise.all(everything)
}

const ofKitchen = statement('SELECT sku FROM "Products"."byPrice" WHERE category = ?', 'kitchen')

/** A shop whose every request is a statement, and all of it again after a kill -9. */
export async function statements(suite, client) {
  const { test, endpoint, crash } = suite
  const sdk = openSdkV3(endpoint())
  await createTables(sdk.client)
  sdk.close()

  let counter = await Counter.open(client, endpoint())
  await insertProducts(suite, counter)
  await selectFromIndex(suite, counter)
  await changeProducts(suite, counter)
  await refuseStatements(suite, counter)
  await batches(suite, counter)
  await placeOrders(suite, counter)
  await test('a transaction that is sent again with its token is done once', () =>
    sendAgain(counter))
  await counter.close()

  await suite.holdUp()
  counter = await Counter.open(client, endpoint())
  await rush(suite, counter)
  const before = await contents(counter)
  const { NextToken } = await counter.answer('ExecuteStatement', { ...ofKitchen, Limit: 3 })
  await counter.close()

  await crash()
  counter = await Counter.open(client, endpoint())
  await test('after a kill -9 the same items are there', async () => {
    assert.deepEqual(await contents(counter), before)
  })
  await test('after a kill -9 a NextToken leads on', async () => {
    const rest = { Items: [{ sku: 'knife' }, { sku: 'pan' }] }
    await counter.expect('ExecuteStatement', { ...ofKitchen, NextToken }, rest)
  })
  await test('after a kill -9 a token still stands for what was done', () => sendAgain(counter))
  await counter.close()
}
