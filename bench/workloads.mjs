import { itemCount, itemOf, keyOf, tableName } from './benchTable.mjs'

/** As long as a real client request token, and recognisable in the request bytes. */
export const tokenPlaceholder = '00000000-0000-0000-0000-000000000000'

/** Shares no factor with the number of items or pairs, so a walk by it visits each exactly once. */
const stride = 7919

function eachItem(bodyOf) {
  return Array.from({ length: itemCount }, (_, i) => bodyOf((i * stride) % itemCount))
}

/** Pairs are disjoint, so transactions in flight together never touch the same item. */
function eachPair(bodyOf) {
  const pairCount = itemCount / 2
  return Array.from({ length: pairCount }, (_, i) => {
    const first = ((i * stride) % pairCount) * 2
    return bodyOf(first, first + 1)
  })
}

function incrementBody(index) {
  return {
    TableName: tableName,
    Key: keyOf(index),
    UpdateExpression: 'ADD hits :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'UPDATED_NEW',
  }
}

function transactWriteBody(first, second) {
  const update = {
    TableName: tableName,
    Key: keyOf(second),
    UpdateExpression: 'ADD hits :one',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  }
  return {
    TransactItems: [{ Put: { TableName: tableName, Item: itemOf(first) } }, { Update: update }],
    ClientRequestToken: tokenPlaceholder,
  }
}

function transactGetBody(first, second) {
  const get = (index) => ({ Get: { TableName: tableName, Key: keyOf(index) } })
  return { TransactItems: [get(first), get(second)] }
}

/**
 * What is measured. `operation` is the DynamoDB operation; `bodies()` builds one cycle of request
 * bodies, which a load run sends over and over; `freshToken` says that the bodies carry
 * `tokenPlaceholder`, to be replaced by a different token in every request.
 */
export const workloads = [
  {
    name: 'GetItem',
    operation: 'GetItem',
    bodies: () => eachItem((index) => ({ TableName: tableName, Key: keyOf(index) })),
  },
  {
    name: 'PutItem',
    operation: 'PutItem',
    bodies: () => eachItem((index) => ({ TableName: tableName, Item: itemOf(index) })),
  },
  {
    name: 'UpdateItem, one hot counter',
    operation: 'UpdateItem',
    bodies: () => [incrementBody(0)],
  },
  {
    name: 'UpdateItem, spread counters',
    operation: 'UpdateItem',
    bodies: () => eachItem(incrementBody),
  },
  {
    name: 'TransactWriteItems of two',
    operation: 'TransactWriteItems',
    bodies: () => eachPair(transactWriteBody),
    freshToken: true,
  },
  {
    name: 'TransactGetItems of two',
    operation: 'TransactGetItems',
    bodies: () => eachPair(transactGetBody),
  },
]
