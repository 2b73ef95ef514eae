import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { cancelledFor, failureOf } from '../rounds.mjs'
import { createGame, gameTables } from './game.mjs'
import { playConflicts } from './purchaseConflicts.mjs'

const maxPolls = 200
const pollMs = 50

/** Creates the two tables and waits until both are ACTIVE. */
async function createTables(client) {
  for (const tableName of gameTables) {
    const { TableDescription: description } = await client.createTable(tableName)
    assert.equal(description.TableName, tableName)
  }
  for (const tableName of gameTables) {
    let polls = 0
    while ((await client.describeTable(tableName)).Table.TableStatus !== 'ACTIVE') {
      polls += 1
      assert.ok(polls < maxPolls, `${tableName} did not become ACTIVE`)
      await delay(pollMs)
    }
  }
}

/** Runs `request`, which must fail, and gives what its caller was told. */
async function refusalOf(request) {
  let response
  try {
    response = await request()
  } catch (error) {
    return failureOf(error)
  }
  return assert.fail(`it was accepted: ${JSON.stringify(response)}`)
}

const sword = { id: 'sword', available: true, price: 30 }
const shield = { id: 'shield', available: true, price: 80 }
const alice = { id: 'alice', coins: 100, inventory: [] }
const bob = { id: 'bob', coins: 5, inventory: ['apple'] }

const soldSword = { ...sword, available: false, ownedBy: 'alice' }
const aliceWithSword = { ...alice, coins: 70, inventory: ['sword'] }

function openTable(client, game) {
  return {
    put: (tableName, item) => client.put(game.put(tableName, item)),
    async assertStored(tableName, expected) {
      const { Item: item } = await client.get(game.get(tableName, expected.id))
      assert.deepEqual(item, game.encodeItem(expected))
    },
    async assertRead(itemId, playerId, expected) {
      const { Responses: responses } = await client.transactGet(game.read(itemId, playerId))
      const items = responses.map((response) => response.Item)
      assert.deepEqual(
        items,
        expected.map((item) => item && game.encodeItem(item)),
      )
    },
  }
}

async function playPurchase({ test }, client, game) {
  const table = openTable(client, game)

  await test('creates the tables items and players and fills them', async () => {
    await createTables(client)
    await Promise.all([table.put('items', sword), table.put('items', shield)])
    await Promise.all([table.put('players', alice), table.put('players', bob)])
    await table.assertRead('sword', 'alice', [sword, alice])
  })

  await test('buys an item: sold, paid and in the inventory, all at once', async () => {
    const response = await client.transactWrite(game.purchase('sword', 'alice', 30))
    assert.equal(response.ConsumedCapacity, undefined)
    assert.equal(response.ItemCollectionMetrics, undefined)
    await table.assertStored('items', soldSword)
    await table.assertStored('players', aliceWithSword)
  })

  await test('reads the item and its owner in one transaction', async () => {
    await table.assertRead('sword', 'alice', [soldSword, aliceWithSword])
    await table.assertRead('no such item', 'alice', [undefined, aliceWithSword])
  })

  await test('an item that is not available cancels the purchase at its index', async () => {
    const refusal = await refusalOf(() => client.transactWrite(game.purchase('sword', 'alice', 30)))
    assert.deepEqual(refusal, cancelledFor('ConditionalCheckFailed', 'None'))
    await table.assertRead('sword', 'alice', [soldSword, aliceWithSword])
  })

  await test('a player without the coins cancels the purchase at its index', async () => {
    const refusal = await refusalOf(() => client.transactWrite(game.purchase('shield', 'bob', 80)))
    assert.deepEqual(refusal, cancelledFor('None', 'ConditionalCheckFailed'))
    await table.assertRead('shield', 'bob', [shield, bob])
  })

  await test('both conditions false: both reasons', async () => {
    const refusal = await refusalOf(() => client.transactWrite(game.purchase('sword', 'bob', 30)))
    const failed = 'ConditionalCheckFailed'
    assert.deepEqual(refusal, cancelledFor(failed, failed))
    await table.assertRead('sword', 'bob', [soldSword, bob])
  })

  await test('a transaction is made of unique items', async () => {
    const { TransactItems: actions } = game.purchase('shield', 'alice', 1)
    const twice = { TransactItems: [...actions, ...actions.slice(0, 1)] }
    assert.deepEqual(await refusalOf(() => client.transactWrite(twice)), {
      name: 'ValidationException',
      message: 'Transaction request cannot include multiple operations on one item',
    })
    await table.assertRead('shield', 'alice', [shield, aliceWithSword])
  })
}

async function playLargeTransaction({ test }, client, game) {
  await test('25 items in one transaction', async () => {
    const crate = Array.from({ length: 25 }, (_, index) => ({
      id: `crate-${index}`,
      available: true,
      price: index,
    }))
    await client.transactWrite({
      TransactItems: crate.map((item) => ({ Put: game.put('items', item) })),
    })
    const { Responses: responses } = await client.transactGet({
      TransactItems: crate.map(({ id }) => {
        const { ConsistentRead: _always, ...get } = game.get('items', id)
        return { Get: get }
      }),
    })
    assert.deepEqual(
      responses.map((response) => response.Item),
      crate.map(game.encodeItem),
    )
  })
}

/** The purchase of the game, its refusals, its conflicts, and all of it again after a kill -9. */
export async function gamePurchase(suite, { encode, open }) {
  const game = createGame(encode)
  let client = open(suite.endpoint())
  await playPurchase(suite, client, game)
  await playLargeTransaction(suite, client, game)
  client.close()

  await suite.holdUp()
  client = open(suite.endpoint())
  const traces = await playConflicts(suite, client, game)
  client.close()

  await suite.crash()
  client = open(suite.endpoint())
  const table = openTable(client, game)
  await suite.test('after a kill -9 the same items and players are there', async () => {
    await table.assertRead('sword', 'alice', [soldSword, aliceWithSword])
    await table.assertRead('shield', 'bob', [shield, bob])
    await table.assertStored('items', { id: 'crate-24', available: true, price: 24 })
    for (const [tableName, id, item] of traces) {
      assert.deepEqual((await client.get(game.get(tableName, id))).Item, item)
    }
  })
  await suite.test('after a kill -9 the game goes on', async () => {
    const refusal = await refusalOf(() => client.transactWrite(game.purchase('sword', 'alice', 30)))
    assert.deepEqual(refusal, cancelledFor('ConditionalCheckFailed', 'None'))
    await table.put('players', { ...alice, id: 'carol' })
    await client.transactWrite(game.purchase('shield', 'carol', 80))
    await table.assertRead('shield', 'carol', [
      { ...shield, available: false, ownedBy: 'carol' },
      { id: 'carol', coins: 20, inventory: ['shield'] },
    ])
  })
  client.close()
}
