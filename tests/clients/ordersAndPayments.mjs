import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { runShell } from './clientProgram.mjs'

const createTable = (tableName, key) => `
aws dynamodb create-table \\
  --table-name ${tableName} \\
  --attribute-definitions AttributeName=${key},AttributeType=S \\
  --key-schema AttributeName=${key},KeyType=HASH \\
  --billing-mode PAY_PER_REQUEST`

const tableStatus = (tableName) =>
  `aws dynamodb describe-table --table-name ${tableName} --query "Table.TableStatus"`

const placeOrder = `
aws dynamodb transact-write-items \\
  --transact-items '[
    {
      "Put": {
        "TableName": "Orders",
        "Item": {
          "OrderID": {"S": "ORD#1001"},
          "Customer": {"S": "alice"},
          "Amount": {"N": "59.99"},
          "Status": {"S": "PENDING"}
        }
      }
    },
    {
      "Put": {
        "TableName": "Payments",
        "Item": {
          "PaymentID": {"S": "PAY#9001"},
          "OrderID": {"S": "ORD#1001"},
          "Method": {"S": "CreditCard"},
          "Amount": {"N": "59.99"}
        }
      }
    }
  ]'`

const reuseOrderId = `
aws dynamodb transact-write-items \\
  --transact-items '[
    {
      "Put": {
        "TableName": "Orders",
        "Item": {
          "OrderID": {"S": "ORD#1001"},
          "Customer": {"S": "bob"},
          "Amount": {"N": "75.00"},
          "Status": {"S": "PENDING"}
        },
        "ConditionExpression": "attribute_not_exists(OrderID)"
      }
    },
    {
      "Put": {
        "TableName": "Payments",
        "Item": {
          "PaymentID": {"S": "PAY#9002"},
          "OrderID": {"S": "ORD#1001"},
          "Method": {"S": "CreditCard"},
          "Amount": {"N": "75.00"}
        }
      }
    }
  ]'`

const markAsPaid = `
aws dynamodb transact-write-items \\
  --transact-items '[
    {
      "Update": {
        "TableName": "Orders",
        "Key": {"OrderID": {"S": "ORD#1001"}},
        "UpdateExpression": "SET #S = :s",
        "ExpressionAttributeNames": {"#S": "Status"},
        "ExpressionAttributeValues": {":s": {"S": "PAID"}}
      }
    },
    {
      "Update": {
        "TableName": "Payments",
        "Key": {"PaymentID": {"S": "PAY#9001"}},
        "UpdateExpression": "SET #S = :s",
        "ExpressionAttributeNames": {"#S": "Status"},
        "ExpressionAttributeValues": {":s": {"S": "PROCESSED"}}
      }
    }
  ]'`

/** A payment that only applies to an order that is still pending. */
const payPendingOrder = `
aws dynamodb transact-write-items \\
  --transact-items '[
    {
      "ConditionCheck": {
        "TableName": "Orders",
        "Key": {"OrderID": {"S": "ORD#1001"}},
        "ConditionExpression": "#S = :pending",
        "ExpressionAttributeNames": {"#S": "Status"},
        "ExpressionAttributeValues": {":pending": {"S": "PENDING"}}
      }
    },
    {
      "Put": {
        "TableName": "Payments",
        "Item": {
          "PaymentID": {"S": "PAY#9003"},
          "OrderID": {"S": "ORD#1001"},
          "Amount": {"N": "59.99"}
        }
      }
    }
  ]'`

const readBoth = `
aws dynamodb transact-get-items \\
  --transact-items '[
    {"Get": {"TableName": "Orders", "Key": {"OrderID": {"S": "ORD#1001"}}}},
    {"Get": {"TableName": "Payments", "Key": {"PaymentID": {"S": "PAY#9001"}}}}
  ]'`

const getOrder = `aws dynamodb get-item --table-name Orders --key '{"OrderID":{"S":"ORD#1001"}}'`
const getPayment = (paymentId) =>
  `aws dynamodb get-item --table-name Payments --key '{"PaymentID":{"S":"${paymentId}"}}'`

const getOrderStatus = `${getOrder} --projection-expression "OrderID, Status"`
const getPaymentStatus = `${getPayment('PAY#9001')} --projection-expression "PaymentID, Status"`
const throughPlaceholder = (command) =>
  `${command.replace(', Status"', ', #S"')} --expression-attribute-names '{"#S": "Status"}'`

const pendingOrder = {
  OrderID: { S: 'ORD#1001' },
  Customer: { S: 'alice' },
  Amount: { N: '59.99' },
  Status: { S: 'PENDING' },
}
const newPayment = {
  PaymentID: { S: 'PAY#9001' },
  OrderID: { S: 'ORD#1001' },
  Amount: { N: '59.99' },
  Method: { S: 'CreditCard' },
}
const paidOrder = { ...pendingOrder, Status: { S: 'PAID' } }
const processedPayment = { ...newPayment, Status: { S: 'PROCESSED' } }
const orderStatus = { Item: { OrderID: { S: 'ORD#1001' }, Status: { S: 'PAID' } } }
const paymentStatus = { Item: { PaymentID: { S: 'PAY#9001' }, Status: { S: 'PROCESSED' } } }

const refusedStatus =
  '(ValidationException) when calling the GetItem operation: Invalid ProjectionExpression: ' +
  'Attribute name is a reserved keyword; reserved keyword: Status'
const cancelledOrder =
  '(TransactionCanceledException) when calling the TransactWriteItems operation: ' +
  'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
  '[ConditionalCheckFailed, None]'

const maxPolls = 20
const pollMs = 250

/** The commands of a terminal: `output`, `nothing` and `refusal` are what each must print. */
function openTerminal(endpoint) {
  const output = async (command) => {
    const { exitCode, stdout, stderr } = await runShell(endpoint(), command)
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' })
    return JSON.parse(stdout)
  }
  return {
    output,
    async nothing(command) {
      const printed = await runShell(endpoint(), command)
      assert.deepEqual(printed, { exitCode: 0, stdout: '', stderr: '' })
    },
    async refusal(command) {
      const { exitCode, stdout, stderr } = await runShell(endpoint(), command)
      assert.notEqual(exitCode, 0)
      assert.equal(stdout, '')
      return stderr.trim().replace(/^.*An error occurred /, '')
    },
    async outputUntil(command, expected) {
      for (let polls = 1; polls < maxPolls; polls += 1) {
        const printed = await output(command)
        if (JSON.stringify(printed) === JSON.stringify(expected)) return
        await delay(pollMs)
      }
      assert.deepEqual(await output(command), expected)
    },
  }
}

async function createBothTables({ test }, terminal) {
  await test('step 1: create-table prints both tables as CREATING', async () => {
    for (const [tableName, key] of [
      ['Orders', 'OrderID'],
      ['Payments', 'PaymentID'],
    ]) {
      const { TableDescription: created } = await terminal.output(createTable(tableName, key))
      assert.equal(created.TableName, tableName)
      assert.equal(created.TableStatus, 'CREATING')
      assert.deepEqual(created.KeySchema, [{ AttributeName: key, KeyType: 'HASH' }])
      assert.deepEqual(created.AttributeDefinitions, [{ AttributeName: key, AttributeType: 'S' }])
      assert.equal(created.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST')
    }
  })
  await test('step 1: describe-table prints "ACTIVE" for both', async () => {
    await terminal.outputUntil(tableStatus('Orders'), 'ACTIVE')
    await terminal.outputUntil(tableStatus('Payments'), 'ACTIVE')
  })
}

async function placeOneOrder({ test }, terminal) {
  await test('step 2: the transaction prints nothing: an empty response', () =>
    terminal.nothing(placeOrder))
  await test('step 3: both items are there', async () => {
    assert.deepEqual(await terminal.output(getOrder), { Item: pendingOrder })
    assert.deepEqual(await terminal.output(getPayment('PAY#9001')), { Item: newPayment })
  })
  await test('step 4: a reused OrderID cancels the transaction at index 0', async () => {
    assert.equal(await terminal.refusal(reuseOrderId), cancelledOrder)
  })
  await test('step 4: the cancelled transaction left neither record', async () => {
    assert.deepEqual(await terminal.output(getOrder), { Item: pendingOrder })
    await terminal.nothing(getPayment('PAY#9002'))
  })
}

async function payTheOrder({ test }, terminal) {
  await test('step 5: the order becomes PAID and the payment PROCESSED', async () => {
    await terminal.nothing(markAsPaid)
    assert.deepEqual(await terminal.output(getOrder), { Item: paidOrder })
    assert.deepEqual(await terminal.output(getPayment('PAY#9001')), { Item: processedPayment })
  })
  await test('step 5: a projection of Status is refused, a reserved word', async () => {
    assert.equal(await terminal.refusal(getOrderStatus), refusedStatus)
    assert.equal(await terminal.refusal(getPaymentStatus), refusedStatus)
  })
  await test('step 5: the projection through a placeholder prints the new status', async () => {
    assert.deepEqual(await terminal.output(throughPlaceholder(getOrderStatus)), orderStatus)
    assert.deepEqual(await terminal.output(throughPlaceholder(getPaymentStatus)), paymentStatus)
  })
  await test('tip 2: a payment for pending orders only is cancelled once it is paid', async () => {
    assert.equal(await terminal.refusal(payPendingOrder), cancelledOrder)
    await terminal.nothing(getPayment('PAY#9003'))
  })
  await test('tip 3: transact-get-items reads both records at once', async () => {
    assert.deepEqual(await terminal.output(readBoth), {
      Responses: [{ Item: paidOrder }, { Item: processedPayment }],
    })
  })
}

async function cleanUp({ test }, terminal) {
  await test('step 6: delete-table prints both tables as DELETING', async () => {
    for (const tableName of ['Orders', 'Payments']) {
      const deleted = await terminal.output(`aws dynamodb delete-table --table-name ${tableName}`)
      assert.equal(deleted.TableDescription.TableName, tableName)
      assert.equal(deleted.TableDescription.TableStatus, 'DELETING')
    }
  })
  await test('step 6: list-tables prints an empty list', () =>
    terminal.outputUntil('aws dynamodb list-tables', { TableNames: [] }))
}

/** The Orders and Payments workflow with the AWS CLI, every step with what it prints. */
export async function ordersAndPayments(suite) {
  const terminal = openTerminal(suite.endpoint)
  const { test } = suite
  await createBothTables(suite, terminal)
  await placeOneOrder(suite, terminal)
  await payTheOrder(suite, terminal)

  await suite.crash(['--reserved-words', 'allow'])
  await test('after a kill -9 both records are there', async () => {
    assert.deepEqual(await terminal.output(readBoth), {
      Responses: [{ Item: paidOrder }, { Item: processedPayment }],
    })
    await terminal.nothing(getPayment('PAY#9002'))
  })
  await test('step 5: with --reserved-words allow the projections run as printed', async () => {
    assert.deepEqual(await terminal.output(getOrderStatus), orderStatus)
    assert.deepEqual(await terminal.output(getPaymentStatus), paymentStatus)
  })

  await suite.crash()
  await test('after a kill -9 reserved words are refused again', async () => {
    assert.equal(await terminal.refusal(getOrderStatus), refusedStatus)
  })
  await cleanUp(suite, terminal)

  await suite.crash()
  await test('after a kill -9 both tables are still gone', async () => {
    assert.deepEqual(await terminal.output('aws dynamodb list-tables'), { TableNames: [] })
  })
}
