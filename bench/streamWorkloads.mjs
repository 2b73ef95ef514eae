import { ordersTable } from './ordersTable.mjs'
import { spreadIndex } from './spread.mjs'
import { tokenPlaceholder } from './workloads.mjs'

/** Order `index` with a note that no other request has: a put that changes the item. */
function changedOrder(index, { itemOf }) {
  return { ...itemOf(index), note: { S: `Leave it with the neighbour, ${tokenPlaceholder}` } }
}

function putBody(index, table) {
  return { TableName: table.tableName, Item: changedOrder(index, table) }
}

/** Pairs are disjoint, so transactions in flight together never touch the same item. */
function transactBody(index, table) {
  const { tableName, keyOf } = table
  const update = {
    TableName: tableName,
    Key: keyOf(index + 1),
    UpdateExpression: 'ADD hits :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  }
  return {
    TransactItems: [
      { Update: update },
      { Put: { TableName: tableName, Item: changedOrder(index, table) } },
    ],
  }
}

/** What is written with a stream and without; each request changes its items. */
export const streamWorkloads = [
  {
    name: 'PutItem, changed items',
    operation: 'PutItem',
    freshToken: true,
    bodies: (itemCount) =>
      Array.from({ length: itemCount }, (_, i) =>
        putBody(spreadIndex(i, itemCount), ordersTable(itemCount)),
      ),
  },
  {
    name: 'TransactWriteItems of two',
    operation: 'TransactWriteItems',
    freshToken: true,
    bodies: (itemCount) =>
      Array.from({ length: itemCount / 2 }, (_, i) =>
        transactBody(2 * spreadIndex(i, itemCount / 2), ordersTable(itemCount)),
      ),
  },
]
