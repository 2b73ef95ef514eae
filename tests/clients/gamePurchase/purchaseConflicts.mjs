import assert from 'node:assert/strict'
import { cancelledFor, inFlight, race, roundsUntilSeen, writeConflict } from '../rounds.mjs'

const price = 2
const purse = inFlight * price

const range = (length) => Array.from({ length }, (_, index) => index)

/** The stock and the players of one round, and what is stored of them afterwards. */
async function openRound(client, game, { name, items, players }) {
  const itemIds = range(items).map((index) => `${name}-item-${index}`)
  const playerIds = range(players).map((index) => `${name}-player-${index}`)
  await race([
    ...itemIds.map((id) => () => client.put(game.put('items', { id, available: true }))),
    ...playerIds.map(
      (id) => () => client.put(game.put('players', { id, coins: purse, inventory: [] })),
    ),
  ]).then(({ failures }) => assert.deepEqual(failures, new Map()))

  const stored = async (tableName, id) => (await client.get(game.get(tableName, id))).Item
  return {
    itemIds,
    playerIds,
    buy: (itemId, playerId) => () => client.transactWrite(game.purchase(itemId, playerId, price)),
    storedItems: () => Promise.all(itemIds.map((id) => stored('items', id))),
    storedPlayers: () => Promise.all(playerIds.map((id) => stored('players', id))),
  }
}

/** The item as it is for sale, or as its buyer has it. */
const itemState = (id, buyer) =>
  buyer === undefined ? { id, available: true } : { id, available: false, ownedBy: buyer }

/** INVARIANT: the items in the inventory are those whose purchase succeeded, in any order. */
function assertPlayer(stored, game, expected) {
  const byText = (left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1)
  const sorted = (item) => {
    const list = item.inventory.L ?? item.inventory
    return { ...item, inventory: [...list].sort(byText) }
  }
  assert.deepEqual(sorted(stored), sorted(game.encodeItem(expected)))
}

/** Everybody buys another item for the same player: the conflict is at index 1. */
async function onePlayer(client, game, number) {
  const round = await openRound(client, game, {
    name: `one-player-${number}`,
    items: inFlight,
    players: 1,
  })
  const [playerId] = round.playerIds
  const { done, failures } = await race(round.itemIds.map((id) => round.buy(id, playerId)))

  for (const failure of failures.values()) {
    assert.deepEqual(failure, cancelledFor('None', 'TransactionConflict'))
  }
  assert.ok(done.length > 0, 'no purchase succeeded')
  const states = round.itemIds.map((id, index) =>
    itemState(id, done.includes(index) ? playerId : undefined),
  )
  assert.deepEqual(await round.storedItems(), states.map(game.encodeItem))
  const [player] = await round.storedPlayers()
  assertPlayer(player, game, {
    id: playerId,
    coins: purse - done.length * price,
    inventory: done.map((index) => round.itemIds[index]),
  })
  return { seen: failures.size > 0, trace: ['players', playerId, player] }
}

/** Every player wants the same item: the conflict is at index 0, and one player gets it. */
async function oneItem(client, game, number) {
  const round = await openRound(client, game, {
    name: `one-item-${number}`,
    items: 1,
    players: inFlight,
  })
  const [itemId] = round.itemIds
  const { done, failures } = await race(round.playerIds.map((id) => round.buy(itemId, id)))

  const conflict = cancelledFor('TransactionConflict', 'None')
  const soldOut = cancelledFor('ConditionalCheckFailed', 'None')
  let conflicts = 0
  for (const failure of failures.values()) {
    const isConflict = failure.reasons?.[0] === 'TransactionConflict'
    assert.deepEqual(failure, isConflict ? conflict : soldOut)
    conflicts += isConflict ? 1 : 0
  }
  assert.equal(done.length, 1, 'one purchase succeeds')
  const buyer = round.playerIds[done[0]]
  const [item] = await round.storedItems()
  assert.deepEqual(item, game.encodeItem(itemState(itemId, buyer)))
  assert.deepEqual(
    await round.storedPlayers(),
    round.playerIds
      .map((id) => {
        const won = id === buyer
        return { id, coins: won ? purse - price : purse, inventory: won ? [itemId] : [] }
      })
      .map(game.encodeItem),
  )
  return { seen: conflicts > 0, trace: ['items', itemId, item] }
}

/** Purchases and plain updates of one player: a held player refuses the plain update. */
async function plainWrites(client, game, number) {
  const round = await openRound(client, game, {
    name: `plain-writes-${number}`,
    items: inFlight / 2,
    players: 1,
  })
  const [playerId] = round.playerIds
  const credit = () => client.update(game.addCoins(playerId, 1))
  const { done, failures } = await race(
    round.itemIds.flatMap((id) => [round.buy(id, playerId), credit]),
  )

  let conflicts = 0
  for (const [index, failure] of failures) {
    const isPurchase = index % 2 === 0
    assert.deepEqual(
      failure,
      isPurchase ? cancelledFor('None', 'TransactionConflict') : writeConflict,
    )
    conflicts += isPurchase ? 0 : 1
  }
  const bought = done.filter((index) => index % 2 === 0).map((index) => round.itemIds[index / 2])
  const credits = done.length - bought.length
  const [player] = await round.storedPlayers()
  assertPlayer(player, game, {
    id: playerId,
    coins: purse - bought.length * price + credits,
    inventory: bought,
  })
  return { seen: conflicts > 0, trace: ['players', playerId, player] }
}

/** What a transactional read saw of an item and its player must belong together. */
function assertSnapshot(game, [item, player], { itemId, playerId }) {
  const inventory = player.inventory.L ?? player.inventory
  const owned = inventory.some((entry) => (entry.S ?? entry) === itemId)
  const buyer = owned ? playerId : undefined
  assert.deepEqual(item, game.encodeItem(itemState(itemId, buyer)))
  assert.equal(Number(player.coins.N ?? player.coins), purse - inventory.length * price)
}

/** Reads while purchases are in progress: transactional ones are cancelled, plain ones are not. */
async function reads(client, game, number) {
  const round = await openRound(client, game, {
    name: `reads-${number}`,
    items: inFlight / 4,
    players: 1,
  })
  const [playerId] = round.playerIds
  const snapshots = []
  const readBoth = (itemId) => async () => {
    const { Responses: responses } = await client.transactGet(game.read(itemId, playerId))
    snapshots.push({ itemId, playerId, items: responses.map((response) => response.Item) })
  }
  const readPlayer = async () => {
    const { Item: player } = await client.get(game.get('players', playerId))
    const inventory = player.inventory.L ?? player.inventory
    assert.equal(Number(player.coins.N ?? player.coins), purse - inventory.length * price)
  }
  const { failures } = await race(
    round.itemIds.flatMap((id) => [
      round.buy(id, playerId),
      readBoth(id),
      readPlayer,
      readBoth(round.itemIds[0]),
    ]),
  )

  const otherPurchase = cancelledFor('None', 'TransactionConflict')
  const samePurchase = cancelledFor('TransactionConflict', 'TransactionConflict')
  let conflicts = 0
  for (const [index, failure] of failures) {
    const kind = ['purchase', 'readBoth', 'readPlayer', 'readBoth'][index % 4]
    assert.notEqual(kind, 'readPlayer', `a plain read failed: ${failure.message}`)
    const holdsBoth = kind === 'readBoth' && failure.reasons?.[0] === 'TransactionConflict'
    assert.deepEqual(failure, holdsBoth ? samePurchase : otherPurchase)
    conflicts += kind === 'readBoth' && !holdsBoth ? 1 : 0
  }
  for (const { items, ...ids } of snapshots) assertSnapshot(game, items, ids)
  const [player] = await round.storedPlayers()
  return { seen: conflicts > 0, trace: ['players', playerId, player] }
}

const races = [
  ['a purchase of a player in another purchase is cancelled at index 1', onePlayer],
  ['a purchase of an item in another purchase is cancelled at index 0', oneItem],
  ['a plain update of a player in a purchase is refused, and no coin is lost', plainWrites],
  ['a transactional read of a player in a purchase is cancelled, a plain read is not', reads],
]

/**
 * Plays the races against real purchases in progress. Gives one `[tableName, id, item]` of each
 * race, as it was stored at its end.
 */
export async function playConflicts({ test }, client, game) {
  const traces = []
  for (const [name, playRound] of races) {
    await test(name, async () => {
      let last
      await roundsUntilSeen('the conflict', async (number) => {
        last = await playRound(client, game, number)
        return last.seen
      })
      traces.push(last.trace)
    })
  }
  return traces
}
