import assert from 'node:assert/strict'
import { ExecuteTransactionCommand } from '@aws-sdk/client-dynamodb'
import { openSdkV3 } from '../gamePurchase/sdkV3.mjs'
import { cancelledFor, failureOf, writeConflict } from '../rounds.mjs'
import { cancelledWith } from './orders.mjs'
import { insert, statement, whisk } from './shop.mjs'

const buyers = 32
const maxAttempts = 60

const sell = `UPDATE "Products" SET stock = stock - 1 WHERE sku = 'whisk'`
const conflict = cancelledFor('TransactionConflict')

/** Buyers of one product, each again and again: a transaction holds it nearly all the time. */
class Rush {
  sold = 0
  #isOver = false
  #opened
  #ended

  constructor(endpoint) {
    this.#opened = openSdkV3(endpoint)
    this.#ended = Promise.all(Array.from({ length: buyers }, () => this.#buy()))
    // Whoever ends the rush hears of a buyer's failure, and nobody before.
    this.#ended.catch(() => {})
  }

  async end() {
    this.#isOver = true
    await this.#ended
    this.#opened.close()
  }

  async #buy() {
    const TransactStatements = [{ Statement: sell }]
    while (!this.#isOver) {
      try {
        await this.#opened.client.send(new ExecuteTransactionCommand({ TransactStatements }))
        this.sold += 1
      } catch (error) {
        assert.deepEqual(failureOf(error), conflict)
      }
    }
  }
}

/** Asks until the refusal comes, with requests by number; gives how many were answered. */
async function untilRefused(counter, operation, requestOf, refusal) {
  const expected = counter.refusalInClientsForm(operation, refusal)
  for (let number = 0; number < maxAttempts; number += 1) {
    const told = await counter.refusalOf(operation, requestOf(number))
    if (told === undefined) continue
    assert.deepEqual(told, expected)
    return number
  }
  return assert.fail(`${refusal.name} was not seen in ${maxAttempts} requests`)
}

const ofCarol = 'SELECT placed FROM "Orders" WHERE customer = ?'
const stock = `SELECT stock FROM "Products" WHERE sku = 'whisk'`

/** Transactions and updates of an item that others hold, and what came of them. */
export async function rush({ test, endpoint }, counter) {
  const others = new Rush(endpoint())
  const done = { together: 0, alone: 0 }
  await test('a transaction is cancelled while another one holds its item', async () => {
    const requestOf = (placed) => ({
      TransactStatements: [insert('Orders', { customer: 'carol', placed }), statement(sell)],
    })
    const reason = { Code: 'TransactionConflict', Message: writeConflict.message }
    const refusal = cancelledWith({ Code: 'None' }, reason)
    done.together = await untilRefused(counter, 'ExecuteTransaction', requestOf, refusal)
  })
  await test('an UPDATE of an item in a transaction is a TransactionConflictException', async () => {
    const requestOf = () => statement(sell)
    done.alone = await untilRefused(counter, 'ExecuteStatement', requestOf, writeConflict)
  })
  await test('what was answered is done, and nothing that was refused', async () => {
    await others.end()
    const orders = Array.from({ length: done.together }, (_, placed) => ({ placed }))
    await counter.expect('ExecuteStatement', statement(ofCarol, 'carol'), { Items: orders })
    const left = whisk.stock - others.sold - done.together - done.alone
    await counter.expect('ExecuteStatement', statement(stock), { Items: [{ stock: left }] })
  })
}
