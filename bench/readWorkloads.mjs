import { customerCount, customerKey, ordersTable } from './ordersTable.mjs'
import { spreadIndex } from './spread.mjs'

/** The orders that the workloads below read. */
export const orders = ordersTable(12_500)

/** A Query for the first `limit` orders of customer `number`. */
export function queryBody(number, limit) {
  return {
    TableName: orders.tableName,
    KeyConditionExpression: 'pk = :customer',
    ExpressionAttributeValues: { ':customer': customerKey(number) },
    Limit: limit,
  }
}

/** The same, of which a filter keeps about half. */
function filteredQueryBody(number, limit) {
  const query = queryBody(number, limit)
  return {
    ...query,
    FilterExpression: 'paid = :paid',
    ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':paid': { BOOL: true } },
  }
}

function scanBody(index) {
  return { TableName: orders.tableName, Limit: 100, ExclusiveStartKey: orders.keyOf(index) }
}

/** `bodyOf` each customer of a table of `itemCount` orders, or `mostCustomers` spread over it. */
export function eachCustomer(bodyOf, itemCount, mostCustomers = Number.POSITIVE_INFINITY) {
  const count = customerCount(itemCount)
  const length = Math.min(count, mostCustomers)
  return Array.from({ length }, (_, i) => bodyOf(spreadIndex(i, count)))
}

function eachStart(bodyOf) {
  const { itemCount } = orders
  return Array.from({ length: itemCount }, (_, i) => bodyOf(spreadIndex(i, itemCount)))
}

/** Whether an answer has `limit` items. */
export function hasItems(limit) {
  return ({ Items, ScannedCount }) => Items.length === limit && ScannedCount === limit
}

function hasSomeItems(limit) {
  return ({ Items, ScannedCount }) =>
    Items.length > 0 && Items.length < limit && ScannedCount === limit
}

function queryWorkloads(limit) {
  return [
    {
      name: `Query of ${limit}`,
      operation: 'Query',
      bodies: () => eachCustomer((number) => queryBody(number, limit), orders.itemCount),
      isExpected: hasItems(limit),
    },
    {
      name: `Query of ${limit}, filter`,
      operation: 'Query',
      bodies: () => eachCustomer((number) => filteredQueryBody(number, limit), orders.itemCount),
      isExpected: hasSomeItems(limit),
    },
  ]
}

/** What reads many items in one request; see `workloads`. */
export const readWorkloads = [
  ...queryWorkloads(10),
  ...queryWorkloads(100),
  {
    name: 'Scan of 100',
    operation: 'Scan',
    bodies: () => eachStart(scanBody),
    isExpected: hasItems(100),
  },
]
