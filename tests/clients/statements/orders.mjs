import { attributeValue, mapValues } from '../attributeValue.mjs'
import { cancelledFor } from '../rounds.mjs'
import { conditionFailed, invalid } from './products.mjs'
import { customers, insert, jug, rake, statement } from './shop.mjs'

const transaction = 'ExecuteTransaction'
const batch = 'BatchExecuteStatement'
const returnOld = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }

const noReason = { Code: 'None' }
const conditionReason = { Code: 'ConditionalCheckFailed', Message: conditionFailed.message }
const duplicateReason = { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' }

/** The refusal of a transaction that was cancelled for these reasons, one for each statement. */
export function cancelledWith(...CancellationReasons) {
  const { name, message } = cancelledFor(...CancellationReasons.map(({ Code }) => Code))
  return { name, message, CancellationReasons }
}

/** An order is placed if the stock and the customer's balance have what it takes. */
function order({ customer, placed, sku, count, cost }) {
  const record = { customer, placed, lines: [{ sku, count }], cost }
  const take = 'UPDATE "Products" SET stock = stock - ? WHERE sku = ? AND stock >= ?'
  const canPay = 'EXISTS(SELECT * FROM "Customers" WHERE id = ? AND balance >= ?)'
  return [
    insert('Orders', record),
    { ...statement(take, count, sku, count), ...returnOld },
    statement(canPay, customer, cost),
  ]
}

const firstOrder = { customer: 'ann', placed: 1, sku: 'jug', count: 1, cost: 12 }
const firstRecord = { customer: 'ann', placed: 1, lines: [{ sku: 'jug', count: 1 }], cost: 12 }

const firstRequest = { TransactStatements: order(firstOrder), ClientRequestToken: 'ann-1' }

const bySku = (columns) => `SELECT ${columns} FROM "Products" WHERE sku = ?`
const byOrder = 'SELECT * FROM "Orders" WHERE customer = ? AND placed = ?'

/** What stands of an order and its product. */
const orderAndStock = ({ customer, placed, sku }) => ({
  TransactStatements: [statement(byOrder, customer, placed), statement(bySku('stock'), sku)],
})

export async function batches({ test }, counter) {
  await test('a batch reads each item by itself, with an error in its place', async () => {
    const request = {
      Statements: [
        { ...statement(bySku('*'), 'jug'), ConsistentRead: true },
        statement(bySku('*'), 'cup'),
        statement('SELECT * FROM "Products" WHERE price = ?', 12),
        statement('SELECT sku, price FROM "Products" WHERE sku = ?', 'rake'),
      ],
      ReturnConsumedCapacity: 'TOTAL',
    }
    const Message =
      'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'
    await counter.expect(batch, request, {
      Responses: [
        { TableName: 'Products', Item: jug },
        { TableName: 'Products' },
        { Error: { Code: 'ValidationError', Message } },
        { TableName: 'Products', Item: { sku: 'rake', price: 15 } },
      ],
      ConsumedCapacity: [{ TableName: 'Products', CapacityUnits: 2 }],
    })
  })
  await test('a batch writes each item by itself, with an error in its place', async () => {
    const Statements = [
      insert('Customers', customers[0]),
      insert('Products', { sku: 'mug' }),
      statement('UPDATE "Products" SET stock = 2 WHERE sku = ? RETURNING ALL NEW *', 'rake'),
      {
        ...statement('DELETE FROM "Products" WHERE sku = ? AND stock = ?', 'jug', 0),
        ...returnOld,
      },
      insert('Absent', customers[0]),
      insert('Customers', customers[1]),
    ]
    const TableName = 'Products'
    await counter.expect(
      batch,
      { Statements },
      {
        Responses: [
          { TableName: 'Customers' },
          { TableName, Error: duplicateReason },
          { TableName, Item: { ...rake, stock: 2 } },
          { TableName, Error: conditionReason },
          {
            TableName: 'Absent',
            Error: { Code: 'ResourceNotFound', Message: 'Requested resource not found' },
          },
          { TableName: 'Customers' },
        ],
      },
    )
  })
}

export async function placeOrders({ test }, counter) {
  await test('a transaction writes and checks: an order is placed', async () => {
    const request = { ...firstRequest, ReturnConsumedCapacity: 'TOTAL' }
    await counter.expect(transaction, request, {
      Responses: [],
      ConsumedCapacity: [
        { TableName: 'Orders', CapacityUnits: 2, WriteCapacityUnits: 2 },
        // Its index costs once what the item costs twice.
        { TableName: 'Products', CapacityUnits: 3, WriteCapacityUnits: 3 },
        { TableName: 'Customers', CapacityUnits: 2, WriteCapacityUnits: 2 },
      ],
    })
  })
  await test('a transaction reads items, and misses others', async () => {
    await counter.expect(transaction, orderAndStock(firstOrder), {
      Responses: [{ Item: firstRecord }, { Item: { stock: 2 } }],
    })
    await counter.expect(transaction, orderAndStock({ ...firstOrder, placed: 2 }), {
      Responses: [{}, { Item: { stock: 2 } }],
    })
  })
  await test('a transaction that is cancelled has its reasons by position', async () => {
    const rakes = { customer: 'ben', placed: 1, sku: 'rake', count: 5, cost: 75 }
    const Item = mapValues({ ...rake, stock: 2 }, attributeValue)
    const refusals = [
      [order(firstOrder), cancelledWith(duplicateReason, noReason, noReason)],
      [order(rakes), cancelledWith(noReason, { ...conditionReason, Item }, conditionReason)],
      [order({ ...rakes, count: 1 }), cancelledWith(noReason, noReason, conditionReason)],
    ]
    for (const [TransactStatements, refusal] of refusals) {
      await counter.expectRefusal(transaction, { TransactStatements }, refusal)
    }
    await counter.expect(transaction, orderAndStock(rakes), {
      Responses: [{}, { Item: { stock: 2 } }],
    })
  })
  await test('a transaction that is none is refused with its reason', async () => {
    const read = statement(bySku('*'), 'jug')
    const [write, , check] = order({ ...firstOrder, placed: 3 })
    const returning = statement('DELETE FROM "Products" WHERE sku = ? RETURNING ALL OLD *', 'jug')
    const refusals = [
      [
        [read, write],
        'ExecuteTransaction API does not support both read and write operations in the same request.',
      ],
      [
        [write, check, returning],
        'Validation failed in TransactStatements[2]: RETURNING clause is not supported in ExecuteTransaction.',
      ],
      [[write, write], 'Transaction request cannot include multiple operations on one item'],
    ]
    for (const [TransactStatements, message] of refusals) {
      await counter.expectRefusal(transaction, { TransactStatements }, invalid(message))
    }
  })
}

/** The first order again: done once, whatever happened to the server since. */
export async function sendAgain(counter) {
  const ReturnConsumedCapacity = 'TOTAL'
  await counter.expect(
    transaction,
    { ...firstRequest, ReturnConsumedCapacity },
    {
      Responses: [],
      ConsumedCapacity: ['Orders', 'Products', 'Customers'].map((TableName) => ({
        TableName,
        CapacityUnits: 2,
        ReadCapacityUnits: 2,
      })),
    },
  )
  const another = { ...firstRequest, TransactStatements: order({ ...firstOrder, placed: 9 }) }
  await counter.expectRefusal(transaction, another, {
    name: 'IdempotentParameterMismatchException',
    message:
      'DynamoDB rejected the request because you retried a request with a different payload but ' +
      'with an idempotent token that was already used.',
  })
  await counter.expect(transaction, orderAndStock(firstOrder), {
    Responses: [{ Item: firstRecord }, { Item: { stock: 2 } }],
  })
}
