import assert from 'node:assert/strict'
import { attributeValue, mapValues } from '../attributeValue.mjs'
import { insert, insertMug, jug, ladle, mug, others, rake, statement } from './shop.mjs'

const execute = 'ExecuteStatement'
const none = { Items: [] }

export const conditionFailed = {
  name: 'ConditionalCheckFailedException',
  message: 'The conditional request failed',
}

const duplicate = {
  name: 'DuplicateItemException',
  message: 'Duplicate primary key exists in table',
}

const absentTable = {
  name: 'ResourceNotFoundException',
  message: 'Requested resource not found',
}

export const invalid = (message) => ({ name: 'ValidationException', message })

const ofKitchen = 'SELECT sku FROM "Products"."byPrice" WHERE category = ? ORDER BY price'
const bySku = 'SELECT * FROM "Products" WHERE sku = ?'
const fewLeft = `${ofKitchen.replace(' ORDER', ' AND stock < ? ORDER')} DESC`

/** More than any SELECT here has. */
const maxPages = 9

/** Everything that a SELECT finds, page by page. */
async function pagesOf(counter, request) {
  const pages = []
  let page = {}
  do {
    const { NextToken } = page
    page = await counter.answer(execute, { ...request, ...(NextToken && { NextToken }) })
    pages.push(page.Items)
    assert.ok(pages.length < maxPages, 'the pages have no end')
  } while (page.NextToken !== undefined)
  return pages
}

const pagesOfSkus = (counter, ...pages) =>
  pages.map((skus) => counter.inClientsForm({ Items: skus.map((sku) => ({ sku })) }).Items)

export async function insertProducts({ test }, counter) {
  await test('INSERT with literals, and with parameters of every type', async () => {
    const literal = statement(insertMug, mug.photo, mug.stamps)
    await counter.expect(execute, literal, none)
    const inserts = others.map((product) => insert('Products', product))
    await Promise.all(inserts.map((each) => counter.expect(execute, each, none)))
  })
  await test('INSERT of what is there is a DuplicateItemException', async () => {
    await counter.expectRefusal(execute, insert('Products', { sku: 'mug' }), duplicate)
  })
  await test('SELECT by the key gives native values of every type', async () => {
    const ConsistentRead = true
    await counter.expect(execute, { ...statement(bySku, 'mug'), ConsistentRead }, { Items: [mug] })
    await counter.expect(execute, statement(bySku, 'jug'), { Items: [jug] })
    await counter.expect(execute, statement(bySku, 'cup'), none)
    const paths = 'SELECT name, details.maker.town, discount FROM Products WHERE sku = ?'
    await counter.expect(execute, statement(paths, 'mug'), {
      Items: [{ name: mug.name, town: 'Delft' }],
    })
  })
}

const capacity = (CapacityUnits) => ({ CapacityUnits })

export async function selectFromIndex({ test }, counter) {
  await test('SELECT from an index, in order, and what it costs', async () => {
    const expensive = `SELECT sku, price FROM "Products"."byPrice"
      WHERE category = ? AND price > ? ORDER BY price DESC`
    const request = { ...statement(expensive, 'kitchen', 10), ReturnConsumedCapacity: 'INDEXES' }
    await counter.expect(execute, request, {
      Items: [
        { sku: 'pan', price: 42 },
        { sku: 'knife', price: 19.9 },
        { sku: 'jug', price: 12 },
      ],
      ConsumedCapacity: {
        TableName: 'Products',
        ...capacity(0.5),
        Table: capacity(0),
        GlobalSecondaryIndexes: { byPrice: capacity(0.5) },
      },
    })
  })
  await test('Limit and NextToken lead to the end', async () => {
    const request = { ...statement(ofKitchen, 'kitchen'), Limit: 4 }
    const expected = [
      ['ladle', 'whisk', 'mug', 'jug'],
      ['knife', 'pan'],
    ]
    assert.deepEqual(await pagesOf(counter, request), pagesOfSkus(counter, ...expected))
  })
  await test('Limit counts what is looked at: a page may be empty, with a NextToken', async () => {
    const request = { ...statement(fewLeft, 'kitchen', 3), Limit: 4 }
    assert.deepEqual(await pagesOf(counter, request), pagesOfSkus(counter, [], ['ladle']))
  })
}

export async function changeProducts({ test }, counter) {
  const request = (text, ...parameters) => statement(`UPDATE "Products" ${text}`, ...parameters)
  await test('UPDATE with SET, REMOVE and list_append, RETURNING ALL NEW', async () => {
    const update = `SET stock = stock - ? SET tags = list_append(tags, ?) REMOVE discontinued
      WHERE sku = ? RETURNING ALL NEW *`
    const { discontinued: _removed, ...rest } = mug
    const changed = { ...rest, stock: 18, tags: ['new', 1, 'sale', { off: 0.2 }] }
    await counter.expect(execute, request(update, 2, ['sale', { off: 0.2 }], 'mug'), {
      Items: [changed],
    })
  })
  await test('UPDATE of sets and paths, RETURNING what was modified', async () => {
    const sets = `SET colours = set_add(colours, <<'red'>>) SET ounces = set_delete(ounces, ?)
      WHERE sku = 'mug' RETURNING MODIFIED NEW *`
    await counter.expect(execute, request(sets, new Set([12.5])), {
      Items: [{ colours: new Set(['blue', 'red', 'white']), ounces: new Set([8]) }],
    })
    const path = `SET details.box[0] = ? WHERE sku = ? RETURNING MODIFIED OLD *`
    await counter.expect(execute, request(path, 11, 'mug'), { Items: [{ details: { box: [10] } }] })
    await counter.expect(execute, request('SET stock = 17 WHERE sku = ?', 'mug'), none)
  })
  await test('a false condition is a ConditionalCheckFailedException, with the item', async () => {
    const sell = 'SET stock = stock - 10 WHERE sku = ? AND stock >= 10'
    const ReturnValuesOnConditionCheckFailure = 'ALL_OLD'
    const withItem = { ...request(sell, 'rake'), ReturnValuesOnConditionCheckFailure }
    const Item = mapValues(rake, attributeValue)
    await Promise.all([
      counter.expectRefusal(execute, withItem, { ...conditionFailed, Item }),
      counter.expectRefusal(execute, request(sell, 'rake'), conditionFailed),
      counter.expectRefusal(
        execute,
        request('SET stock = 1 WHERE sku = ?', 'cup'),
        conditionFailed,
      ),
    ])
  })
  await test('DELETE, RETURNING ALL OLD', async () => {
    const removal = statement('DELETE FROM "Products" WHERE sku = ? RETURNING ALL OLD *', 'ladle')
    await counter.expect(execute, removal, { Items: [ladle] })
    await counter.expect(execute, removal, none)
  })
}

export async function refuseStatements({ test }, counter) {
  const page = { ...statement(ofKitchen, 'kitchen'), Limit: 1 }
  await test('what is no request is refused with its reason', async () => {
    const { NextToken } = await counter.answer(execute, page)
    const refusals = [
      [statement(bySku), invalid("Number of parameters in request and statement don't match.")],
      [
        statement('SELECT * FROM "Products" WHERE'),
        invalid("Statement wasn't well formed, can't be processed: Unexpected term"),
      ],
      [
        statement('DELETE FROM "Products" WHERE price = ?', 6),
        invalid('Where clause does not contain a mandatory equality on all key attributes'),
      ],
      [
        { ...page, ConsistentRead: true },
        invalid('Strongly consistent read is not supported on Global Secondary Indexes'),
      ],
      [{ ...statement(bySku, 'mug'), NextToken }, invalid('NextToken does not match request')],
      [statement('SELECT * FROM "Absent" WHERE sku = ?', 'mug'), absentTable],
    ]
    await Promise.all(
      refusals.map(([request, refusal]) => counter.expectRefusal(execute, request, refusal)),
    )
  })
}
