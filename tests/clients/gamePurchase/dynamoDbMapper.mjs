import assert from 'node:assert/strict'
import { runJava } from '../clientProgram.mjs'
import { cancelledFor } from '../rounds.mjs'
import { createGame } from './game.mjs'
import { sdkV3 } from './sdkV3.mjs'

const mainClass = 'dynatom.clients.GamePurchase'
const failed = 'ConditionalCheckFailed'
const price = 1
const purse = 100

const sword = { id: 'sword', available: true, price: 30, ownedBy: null }
const shield = { id: 'shield', available: true, price: 80, ownedBy: null }
const alice = { id: 'alice', coins: 100, inventory: [] }
const bob = { id: 'bob', coins: 5, inventory: [] }

const soldSword = { ...sword, available: false, ownedBy: 'alice' }
const aliceWithSword = { ...alice, coins: 70, inventory: ['sword'] }

const play = async (endpoint, phase) => (await runJava(endpoint, mainClass, phase)).result

async function playPurchase({ test, endpoint }) {
  let played
  await test('transactionWrite buys an item: sold, paid and in the inventory', async () => {
    played = await play(endpoint(), 'purchase')
    assert.deepEqual(played.before, [sword, alice])
    assert.equal(played.bought, null)
  })
  await test('transactionLoad reads the item and its owner', () => {
    assert.deepEqual(played.after, [soldSword, aliceWithSword])
    assert.deepEqual(played.missing, [null, bob])
  })
  await test('a refused purchase has its reasons by index', () => {
    assert.deepEqual(played.soldAlready, cancelledFor(failed, 'None'))
    assert.deepEqual(played.tooExpensive, cancelledFor('None', failed))
    assert.deepEqual(played.both, cancelledFor(failed, failed))
  })
}

/** What another client finds of the purchase: attribute values of the types that were mapped. */
async function assertStored(endpoint) {
  const game = createGame(sdkV3.encode)
  const client = sdkV3.open(endpoint)
  try {
    const { Responses: responses } = await client.transactGet(game.read('sword', 'alice'))
    assert.deepEqual(
      responses.map((response) => response.Item),
      [soldSword, aliceWithSword].map(game.encodeItem),
    )
  } finally {
    client.close()
  }
}

/** INVARIANT: one purchase of a round succeeds, since all others saw the coins before it. */
function assertRound({ player, outcomes, ownedBy }) {
  const winner = outcomes.indexOf(null)
  assert.equal(outcomes.filter((outcome) => outcome === null).length, 1)
  for (const outcome of outcomes.filter(Boolean)) {
    const [, reason] = outcome.reasons
    const isConflict = reason === 'TransactionConflict'
    assert.deepEqual(outcome, cancelledFor('None', isConflict ? 'TransactionConflict' : failed))
  }
  assert.deepEqual(
    ownedBy,
    outcomes.map((_, index) => (index === winner ? player.id : null)),
  )
  assert.equal(player.coins, purse - price)
  assert.equal(player.inventory.length, 1)
  assert.ok(player.inventory[0].endsWith(`-${winner}`))
}

/** The game purchase with the DynamoDBMapper of the AWS SDK for Java v1. */
export async function dynamoDbMapper(suite) {
  const { test, endpoint } = suite
  await playPurchase(suite)
  await test('another client reads what the mapper wrote', () => assertStored(endpoint()))
  await suite.holdUp()
  await test('a purchase of a player in another purchase is cancelled at index 1', async () => {
    const rounds = await play(endpoint(), 'race')
    for (const round of rounds) assertRound(round)
    const { outcomes } = rounds.at(-1)
    assert.ok(
      outcomes.some((outcome) => outcome?.reasons[1] === 'TransactionConflict'),
      `the conflict was not seen in ${rounds.length} rounds`,
    )
  })

  await suite.crash()
  await test('after a kill -9 the same items and players are there', async () => {
    assert.deepEqual(await play(endpoint(), 'look'), [
      [soldSword, aliceWithSword],
      [shield, bob],
    ])
    await assertStored(endpoint())
  })
}
