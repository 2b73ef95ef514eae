import { profiles } from './profilesTable.mjs'
import { readWorkloads } from './readWorkloads.mjs'
import { spreadIndex } from './spread.mjs'

const { tableName, itemCount, itemOf, keyOf } = profiles

/** As long as a real client request token, and recognisable in the request bytes. */
export const tokenPlaceholder = '00000000-0000-0000-0000-000000000000'

/** Most writes of one BatchWriteItem. */
const batchSize = 25

function eachItem(bodyOf) {
  return Array.from({ length: itemCount }, (_, i) => bodyOf(spreadIndex(i, itemCount)))
}

/** Pairs are disjoint, so transactions in flight together never touch the same item. */
function eachPair(bodyOf) {
  const pairCount = itemCount / 2
  return Array.from({ length: pairCount }, (_, i) => {
    const first = spreadIndex(i, pairCount) * 2
    return bodyOf(first, first + 1)
  })
}

/** Batches are disjoint, as pairs are; the items of one lie far apart. */
function eachBatch() {
  return Array.from({ length: itemCount / batchSize }, (_, batch) => {
    const puts = Array.from({ length: batchSize }, (__, i) => ({
      PutRequest: { Item: itemOf(spreadIndex(batch * batchSize + i, itemCount)) },
    }))
    return { RequestItems: { [tableName]: puts } }
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

function selectBody(index) {
  const { pk, sk } = keyOf(index)
  return {
    Statement: `SELECT * FROM "${tableName}" WHERE pk = ? AND sk = ?`,
    Parameters: [pk, sk],
  }
}

/** The statement that does what {@link incrementBody} does. */
function incrementStatement(index) {
  const { pk, sk } = keyOf(index)
  return {
    Statement:
      `UPDATE "${tableName}" SET hits = hits + ? WHERE pk = ? AND sk = ? ` +
      'RETURNING MODIFIED NEW *',
    Parameters: [{ N: '1' }, pk, sk],
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
 * `tokenPlaceholder`, to be replaced by a different token in every request. A database whose
 * answer to the first body fails `isExpected(answer)` is not measured.
 */
export const workloads = [
  {
    name: 'GetItem',
    operation: 'GetItem',
    bodies: () => eachItem((index) => ({ TableName: tableName, Key: keyOf(index) })),
    isExpected: ({ Item }) => Item !== undefined,
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
    name: 'SELECT of one item',
    operation: 'ExecuteStatement',
    bodies: () => eachItem(selectBody),
    isExpected: ({ Items }) => Items.length === 1,
  },
  {
    name: 'UPDATE, spread counters',
    operation: 'ExecuteStatement',
    bodies: () => eachItem(incrementStatement),
    isExpected: ({ Items }) => Items.length === 1,
  },
  ...readWorkloads,
  {
    name: 'BatchWriteItem of 25 puts',
    operation: 'BatchWriteItem',
    bodies: eachBatch,
    isExpected: ({ UnprocessedItems }) => Object.keys(UnprocessedItems).length === 0,
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
