/** The two tables of the game, keyed by `id`. */
export const gameTables = ['items', 'players']

export const createTableParams = (tableName) => ({
  TableName: tableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})

/** A plain value as the low-level clients take and give it. */
export function attributeValue(value) {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: value.toString() }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(attributeValue) }
  throw new TypeError(`the game has no ${typeof value}`)
}

/** A plain value as the document clients take and give it: as it is. */
export const plainValue = (value) => value

const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

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
