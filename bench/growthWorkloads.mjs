import { ordersTable, shipmentPrefix } from './ordersTable.mjs'
import { eachCustomer, hasItems, queryBody } from './readWorkloads.mjs'
import { spreadIndex } from './spread.mjs'
import { tokenPlaceholder } from './workloads.mjs'

/** How many different requests a cycle has at most: their bytes are built beforehand. */
const sampleCount = 20_000

/** `bodyOf` orders spread over the whole table, with `(index, table)`. */
function sampledOrders(bodyOf) {
  return (itemCount) => {
    const table = ordersTable(itemCount)
    const length = Math.min(itemCount, sampleCount)
    return Array.from({ length }, (_, i) => bodyOf(spreadIndex(i, itemCount), table))
  }
}

function getBody(index, { tableName, keyOf }) {
  return { TableName: tableName, Key: keyOf(index) }
}

function putBody(index, { tableName, itemOf }) {
  return { TableName: tableName, Item: itemOf(index) }
}

/** Another item beside order `index`, with a sort key that no other request has. */
function putNewBody(index, { tableName, itemOf }) {
  const sk = { S: `${shipmentPrefix}${tokenPlaceholder}` }
  return { TableName: tableName, Item: { ...itemOf(index), sk } }
}

/**
 * What is measured at each size, in the form of `workloads`, but `bodies(itemCount)` takes the size
 * of the table. `addsShipments` says that the workload adds items, to be removed after it.
 */
export const growthWorkloads = [
  {
    name: 'GetItem',
    operation: 'GetItem',
    bodies: sampledOrders(getBody),
    isExpected: ({ Item }) => Item !== undefined,
  },
  {
    name: 'Query of 10',
    operation: 'Query',
    bodies: (itemCount) => eachCustomer((number) => queryBody(number, 10), itemCount, sampleCount),
    isExpected: hasItems(10),
  },
  {
    name: 'PutItem, existing keys',
    operation: 'PutItem',
    bodies: sampledOrders(putBody),
  },
  {
    name: 'PutItem, new keys',
    operation: 'PutItem',
    bodies: sampledOrders(putNewBody),
    freshToken: true,
    addsShipments: true,
  },
]
