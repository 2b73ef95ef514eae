import assert from 'node:assert/strict'
import { runPython } from './clientProgram.mjs'
import { cancelledFor } from './rounds.mjs'

const insufficientStock = 'Transaction failed: insufficient stock'
const rushStock = 20

const book = (id, stock) => ({ BookID: id, Stock: stock })
const sale = (id, bookId) => ({ SaleID: id, BookID: bookId, Quantity: 1 })

const soldOut = [1, 2, 3, 4, 5].map((number) => sale(`sale00${number}`, 'book123'))

async function sellTheStock({ test, endpoint }) {
  let sold
  await test('sells a book: one less in stock and one sale record more', async () => {
    sold = await runPython(endpoint(), 'bookstore.py', 'sell')
    assert.equal(sold.result.sales[0], null)
    assert.deepEqual(sold.result.afterFirst, { book: book('book123', 4), sale: soldOut[0] })
  })
  await test('the handler prints "Transaction failed: insufficient stock" once', () => {
    const { name, ...told } = cancelledFor('ConditionalCheckFailed', 'None')
    assert.deepEqual(sold.printed, [insufficientStock])
    assert.deepEqual(sold.result.sales.slice(1, 5), [null, null, null, null])
    assert.deepEqual(sold.result.sales[5], { code: name, ...told })
  })
  await test('the failed sale left no record and no stock below zero', () => {
    assert.deepEqual(sold.result.stored, { books: [book('book123', 0)], sales: soldOut })
  })
}

/** INVARIANT: every book that left the stock has its sale, and no other sale exists. */
async function rush({ test, endpoint }) {
  let stored
  await test('many customers at once: the stock is sold exactly once', async () => {
    const { result } = await runPython(endpoint(), 'bookstore.py', 'rush')
    const buyers = result.purchases.flatMap(({ sold }, number) => (sold ? [number] : []))
    assert.equal(buyers.length, rushStock)
    for (const { sold, failures } of result.purchases) {
      const conflicts = sold ? failures : failures.slice(0, -1)
      for (const reasons of conflicts) assert.deepEqual(reasons, ['TransactionConflict', 'None'])
      if (!sold) assert.deepEqual(failures.at(-1), ['ConditionalCheckFailed', 'None'])
    }
    const rushSales = buyers.map((number) => sale(`rush${`${number}`.padStart(3, '0')}`, 'rush'))
    stored = { books: [book('book123', 0), book('rush', 0)], sales: [...rushSales, ...soldOut] }
    assert.deepEqual(result.stored, stored)
  })
  return () => stored
}

/** The bookstore with boto3: stock and sale change together or not at all. */
export async function bookstore(suite) {
  await sellTheStock(suite)
  const expected = await rush(suite)
  await suite.crash()
  await suite.test('after a kill -9 the same books and sales are there', async () => {
    const { result } = await runPython(suite.endpoint(), 'bookstore.py', 'look')
    assert.deepEqual(result.stored, expected())
  })
}
