import { randomBytes } from 'node:crypto'
import { profiles } from './profilesTable.mjs'
import { spreadIndex } from './spread.mjs'
import { tokenPlaceholder } from './workloads.mjs'

const { tableName, itemCount, itemOf, keyOf } = profiles
const pairCount = itemCount / 2

/**
 * Another text in each run and in each half of a cycle: a put of an item as it is would be no
 * change, and have no record.
 */
const run = randomBytes(4).toString('hex')
const revisedItem = (index, half) => ({ ...itemOf(index), revision: { S: `${run}-${half}` } })

function twice(count, bodyOf) {
  return Array.from({ length: 2 * count }, (_, i) =>
    bodyOf(spreadIndex(i % count, count), i < count ? 0 : 1),
  )
}

function transaction(pair, half) {
  const update = {
    TableName: tableName,
    Key: keyOf(2 * pair + 1),
    UpdateExpression: 'ADD hits :one',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  }
  const put = { TableName: tableName, Item: revisedItem(2 * pair, half) }
  return {
    TransactItems: [{ Put: put }, { Update: update }],
    ClientRequestToken: tokenPlaceholder,
  }
}

/** Writes each of which changes what it writes; see `workloads`. */
export const streamWorkloads = [
  {
    name: 'PutItem that changes',
    operation: 'PutItem',
    bodies: () =>
      twice(itemCount, (index, half) => ({
        TableName: tableName,
        Item: revisedItem(index, half),
      })),
  },
  {
    name: 'TransactWriteItems that changes two',
    operation: 'TransactWriteItems',
    bodies: () => twice(pairCount, transaction),
    freshToken: true,
  },
]
