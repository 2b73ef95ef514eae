/** Tables, items and requests whose writes are far larger than what is sent. */

const indexCount = 20
const largeBytes = 395_000
const nullCount = 195_000

/** @type {Record<'ALL' | 'INCLUDE', (i: number) => object>} */
const projections = {
  ALL: () => ({ ProjectionType: 'ALL' }),
  // Every index has the large attribute and one that no other index has: no two entries are alike.
  INCLUDE: (i) => ({ ProjectionType: 'INCLUDE', NonKeyAttributes: ['big', `own${i}`] }),
}

const contents = {
  text: { big: { S: 'x'.repeat(largeBytes) } },
  // The text that is stored is seven times what DynamoDB counts.
  nulls: { big: { L: Array.from({ length: nullCount }, () => ({ NULL: true })) } },
}

const names = Array.from({ length: indexCount }, (_, i) => `k${i}`)
/** @param {string} AttributeName */
const attribute = (AttributeName) => ({ AttributeName, AttributeType: 'S' })

/**
 * A table with twenty global indexes, each with a partition key of its own.
 * @param {string} TableName
 * @param {'ALL' | 'INCLUDE'} projection
 */
export function indexedTable(TableName, projection) {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', ...names].map(attribute),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: names.map((AttributeName, i) => ({
      IndexName: `index${i}`,
      KeySchema: [{ AttributeName, KeyType: 'HASH' }],
      Projection: projections[projection](i),
    })),
  }
}

/** @param {string} TableName */
export const plainTable = (TableName) => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [attribute('pk')],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
})

/**
 * Item number `i`; in all indexes of {@link indexedTable} when `isIndexed`.
 * @param {number} i
 * @param {'text' | 'nulls'} content
 * @param {boolean} isIndexed
 */
export function largeItem(i, content, isIndexed) {
  const keys = isIndexed ? names.map((name) => [name, { S: `${name}.${i}` }]) : []
  return { pk: { S: `item${i}` }, n: { N: '0' }, ...contents[content], ...Object.fromEntries(keys) }
}

/**
 * An update of item number `i` that says little and writes all of it anew.
 * @param {string} TableName
 * @param {number} i
 */
export const smallUpdate = (TableName, i) => ({
  TableName,
  Key: { pk: { S: `item${i}` } },
  UpdateExpression: 'ADD n :one',
  ExpressionAttributeValues: { ':one': { N: '1' } },
})
