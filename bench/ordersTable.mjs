import { scrambled } from './spread.mjs'

/** How many items there are in each partition. */
const ordersPerCustomer = 125

/** Sort keys of items that a workload adds begin with this; it lies behind those of all orders. */
export const shipmentPrefix = 'SHIPMENT#'

const tableName = 'orders'

/** The partition key of customer `number`. */
export function customerKey(number) {
  return { S: `CUSTOMER#${scrambled(number)}` }
}

/** How many partitions a table of `itemCount` orders has. */
export function customerCount(itemCount) {
  return Math.ceil(itemCount / ordersPerCustomer)
}

function keyOf(index) {
  const customer = Math.floor(index / ordersPerCustomer)
  return { pk: customerKey(customer), sk: { S: `ORDER#${scrambled(index)}` } }
}

/**
 * Order `index`: about 400 bytes by DynamoDB's way of counting. The same index gives the same item;
 * every second one is `paid`.
 */
function itemOf(index) {
  const line = (number) => ({
    M: {
      article: { S: `ARTICLE#${scrambled(index * 2 + number)}` },
      title: { S: 'Enamel teapot, 1.2 litres, dark blue' },
      quantity: { N: String((index % 4) + 1) },
      price: { N: `${(index % 90) + 10}.95` },
    },
  })
  return {
    ...keyOf(index),
    paid: { BOOL: index % 2 === 0 },
    orderedAt: { N: String(1_700_000_000 + index) },
    carrier: { S: 'Northern Parcel Service' },
    marks: { SS: ['fragile', 'gift', `depot-${index % 16}`] },
    lines: { L: [line(0), line(1)] },
    note: {
      S: 'Leave it with the neighbour when nobody opens: the bell of number 12 has been broken.',
    },
  }
}

/** A table of `itemCount` orders, many in each partition. For reads of many, and for growth. */
export function ordersTable(itemCount) {
  return { tableName, itemCount, keyOf, itemOf }
}
