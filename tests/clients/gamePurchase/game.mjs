import { mapValues } from '../attributeValue.mjs'

/** The two tables of the game, keyed by `id`. */
export const gameTables = ['items', 'players']

export const createTableParams = (tableName) => ({
  TableName: tableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})

/**
 * The requests of the game in the values of one client: `encode` is `attributeValue` for the
 * low-level clients and `plainValue` for the document clients.
 */
export function createGame(encode) {
  const encodeItem = (item) => mapValues(item, encode)
  const keyOf = (tableName, id) => ({ TableName: tableName, Key: encodeItem({ id }) })

  const markAsSold = (itemId, playerId) => ({
    ...keyOf('items', itemId),
    ConditionExpression: 'available = :true',
    UpdateExpression: 'set available = :false, ownedBy = :player',
    ExpressionAttributeValues: encodeItem({
      ':true': true,
      ':false': false,
      ':player': playerId,
    }),
  })
  const payAndTake = (itemId, playerId, itemPrice) => ({
    ...keyOf('players', playerId),
    ConditionExpression: 'coins >= :price',
    UpdateExpression: 'set coins = coins - :price, inventory = list_append(inventory, :items)',
    ExpressionAttributeValues: encodeItem({ ':items': [itemId], ':price': itemPrice }),
  })

  return {
    encodeItem,
    put: (tableName, item) => ({ TableName: tableName, Item: encodeItem(item) }),
    get: (tableName, id) => ({ ...keyOf(tableName, id), ConsistentRead: true }),
    purchase: (itemId, playerId, itemPrice) => ({
      TransactItems: [
        { Update: markAsSold(itemId, playerId) },
        { Update: payAndTake(itemId, playerId, itemPrice) },
      ],
    }),
    read: (itemId, playerId) => ({
      TransactItems: [{ Get: keyOf('items', itemId) }, { Get: keyOf('players', playerId) }],
    }),
    addCoins: (playerId, coins) => ({
      ...keyOf('players', playerId),
      UpdateExpression: 'ADD coins :coins',
      ExpressionAttributeValues: encodeItem({ ':coins': coins }),
    }),
  }
}
