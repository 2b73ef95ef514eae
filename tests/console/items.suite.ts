import {
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()

const hostile = '<img src=x onerror="document.title=1">'
const large = '12345678901234567890123456789012345678'
const keyOf = (n: number) => ({ pk: { S: hostile }, sk: { N: String(n) } })
const itemOf = (n: number) => ({ ...keyOf(n), text: { S: `v${n}` }, large: { N: large } })
const read = async (n: number) =>
  (await console.client.send(new GetItemCommand({ TableName: 'Items', Key: keyOf(n) }))).Item

/** A choice in the page. */
interface Select {
  readonly form: { requestSubmit(): void }
  value: string
  dispatchEvent(event: Event): void
}

beforeAll(async () => {
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Items',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
        { AttributeName: 'text', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byText',
          KeySchema: [{ AttributeName: 'text', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Typed',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
})
beforeEach(async () => {
  for (let n = 0; n < 5; n++) {
    await console.client.send(new PutItemCommand({ TableName: 'Items', Item: itemOf(n) }))
  }
})

const item = (n: number): string =>
  `#/tables/Items/item?key=${encodeURIComponent(JSON.stringify(keyOf(n)))}`

async function save(page: Page, label = 'Save'): Promise<void> {
  await page.getByRole('button', { name: `${label}…` }).click()
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click()
}

const browse =
  '2: browse, query and scan by table or index with every operator and type, filters, ' +
  'paging both ways, column choice'

describe(browse, () => {
  test('browse and page both ways, over a reload', async () => {
    const page = await console.open('#/tables/Items/items?limit=2')
    await page.getByText('Page 1: 2 of 2 read items').waitFor()
    await page.getByRole('cell', { name: 'v0' }).waitFor()
    await page.getByRole('button', { name: 'Next page' }).click()
    await page.getByRole('cell', { name: 'v2' }).waitFor()
    expect(await page.getByRole('cell', { name: 'v0' }).count()).toBe(0)
    await page.reload()
    await page.getByText('Page 2: 2 of 2 read items').waitFor()
    await page.getByRole('cell', { name: 'v2' }).waitFor()
    await page.getByRole('button', { name: 'Previous page' }).click()
    await page.getByRole('cell', { name: 'v0' }).waitFor()
  })

  const conditions: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['=', '3', '', ['3']],
    ['<', '2', '', ['0', '1']],
    ['<=', '1', '', ['0', '1']],
    ['>', '3', '', ['4']],
    ['>=', '3', '', ['3', '4']],
    ['between', '1', '2', ['1', '2']],
  ]

  test('query the table by each condition on the sort key', async () => {
    const page = await console.open('#/tables/Items/items')
    await page.getByLabel('Read by').selectOption('query')
    await page.getByLabel('pk (S)').fill(hostile)
    for (const [operator, value, upper, expected] of conditions) {
      await page.getByLabel('Condition on sk').selectOption(operator)
      await page.getByLabel('sk (N)', { exact: true }).fill(value)
      if (operator === 'between') await page.getByLabel('Upper sk (N)').fill(upper)
      await page.getByRole('button', { name: 'Query' }).click()
      await expect.poll(() => numbersIn(page)).toEqual(expected)
    }
    await page.getByLabel('In descending order').check()
    await page.getByLabel('Condition on sk').selectOption('<')
    await page.getByRole('button', { name: 'Query' }).click()
    await expect.poll(() => numbersIn(page)).toEqual(['0'])
  })

  test('what is chosen right behind a query stays chosen', async () => {
    const page = await console.open('#/tables/Items/items')
    await page.getByLabel('Read by').selectOption('query')
    await page.getByLabel('pk (S)').fill(hostile)
    await page.getByLabel('sk (N)', { exact: true }).fill('3')
    // Before the browser says that there is another address.
    await page.getByLabel('Condition on sk').evaluate(async (node) => {
      const select = node as unknown as Select
      select.form.requestSubmit()
      await Promise.resolve()
      await Promise.resolve()
      select.value = '>'
      select.dispatchEvent(new Event('change', { bubbles: true }))
    })
    await expect.poll(() => numbersIn(page)).toEqual(['3'])
    expect(await page.getByLabel('Condition on sk').inputValue()).toBe('>')
    await page.getByRole('button', { name: 'Query' }).click()
    await expect.poll(() => numbersIn(page)).toEqual(['4'])
  })

  test('query and scan an index', async () => {
    const page = await console.open('#/tables/Items/items')
    await page.getByLabel('Table or index').selectOption('byText')
    await page.getByRole('button', { name: 'Scan' }).click()
    await page.getByText('Page 1: 5 of 5 read items').waitFor()
    await expect.poll(() => page.getByRole('columnheader', { name: 'large' }).count()).toBe(0)
    await page.getByLabel('Read by').selectOption('query')
    await page.getByLabel('text (S)').fill('v2')
    await page.getByRole('button', { name: 'Query' }).click()
    await expect.poll(() => numbersIn(page)).toEqual(['2'])
  })

  /** The operator, type and value of a filter, and the same as an expression. */
  const filters: readonly (readonly [string, string, string, string, AttributeValue?])[] = [
    ['=', 'S', 'abc', 'a = :v', { S: 'abc' }],
    ['=', 'N', '5', 'a = :v', { N: '5' }],
    ['=', 'B', 'AP8=', 'a = :v', { B: Uint8Array.of(0, 255) }],
    ['=', 'BOOL', 'true', 'a = :v', { BOOL: true }],
    ['=', 'NULL', '', 'a = :v', { NULL: true }],
    ['=', 'SS', 'x\ny', 'a = :v', { SS: ['x', 'y'] }],
    ['=', 'NS', '1\n2', 'a = :v', { NS: ['1', '2'] }],
    ['=', 'BS', 'AP8=', 'a = :v', { BS: [Uint8Array.of(0, 255)] }],
    ['=', 'L', '[{"S":"x"}]', 'a = :v', { L: [{ S: 'x' }] }],
    ['=', 'M', '{"x":{"N":"1"}}', 'a = :v', { M: { x: { N: '1' } } }],
    ['<>', 'S', 'abc', 'a <> :v', { S: 'abc' }],
    ['<', 'N', '6', 'a < :v', { N: '6' }],
    ['<=', 'N', '5', 'a <= :v', { N: '5' }],
    ['>', 'S', 'abb', 'a > :v', { S: 'abb' }],
    ['>=', 'S', 'abc', 'a >= :v', { S: 'abc' }],
    ['between', 'N', '4', 'a BETWEEN :v AND :v2', { N: '4' }],
    ['in', 'S', 'abc\nz', 'a IN (:v)', { S: 'abc' }],
    ['begins_with', 'S', 'ab', 'begins_with(a, :v)', { S: 'ab' }],
    ['contains', 'S', 'x', 'contains(a, :v)', { S: 'x' }],
    ['not contains', 'S', 'b', 'NOT contains(a, :v)', { S: 'b' }],
    ['attribute_exists', 'S', '', 'attribute_exists(a)'],
    ['attribute_not_exists', 'S', '', 'attribute_not_exists(a)'],
    ['attribute_type', 'SS', '', 'attribute_type(a, :v)', { S: 'SS' }],
    ['size =', 'S', '2', 'size(a) = :v', { N: '2' }],
    ['size <', 'S', '2', 'size(a) < :v', { N: '2' }],
    ['size >', 'S', '2', 'size(a) > :v', { N: '2' }],
  ]

  test('filter by every operator, and by values of every type', async () => {
    const values = filters.slice(0, 10).map(([, , , , value]) => value as AttributeValue)
    for (const [i, a] of values.entries()) {
      const Item = { id: { S: `t${i}` }, a }
      await console.client.send(new PutItemCommand({ TableName: 'Typed', Item }))
    }
    const none = { id: { S: 'none' } }
    await console.client.send(new PutItemCommand({ TableName: 'Typed', Item: none }))
    const page = await console.open('#/tables/Typed/items')
    await page.getByRole('button', { name: 'Add filter' }).click()
    await page.getByLabel('Attribute', { exact: true }).fill('a')
    for (const [operator, type, text, expression, value] of filters) {
      await page.getByLabel('Operator').selectOption(operator)
      await page.getByLabel('Type', { exact: true }).selectOption(type)
      const field = page.getByLabel('Value', { exact: true })
      if ((await field.count()) > 0) await field.fill(text)
      if (operator === 'between') await page.getByLabel('Upper value').fill('6')
      await page.getByRole('button', { name: 'Scan' }).click()
      const command = new ScanCommand({
        TableName: 'Typed',
        FilterExpression: expression,
        ...(value && {
          ExpressionAttributeValues: {
            ':v': value,
            ...(operator === 'between' && { ':v2': { N: '6' } }),
          },
        }),
      })
      const { Items = [] } = await console.client.send(command)
      const expected = Items.map(({ id }) => `Open ${id?.S}`).sort()
      expect(expected.length, operator).toBeGreaterThan(0)
      const opened = async (): Promise<readonly string[]> => {
        const links = page.getByRole('link', { name: /^Open / })
        const names = await links.evaluateAll((all) =>
          all.map((link) => String(link.getAttribute('aria-label'))),
        )
        return names.sort()
      }
      await expect.poll(opened, { message: `${operator} ${type}` }).toEqual(expected)
    }
  })

  test('choose columns', async () => {
    const page = await console.open('#/tables/Items/items')
    await page.getByText('Columns').click()
    await page.getByLabel('large').uncheck()
    expect(await page.getByRole('columnheader', { name: 'large' }).count()).toBe(0)
    await page.reload()
    await page.getByRole('cell', { name: 'v0' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'large' }).count()).toBe(0)
  })
})

/** The sort keys of the items that are shown. */
async function numbersIn(page: Page): Promise<readonly string[]> {
  const links = page.getByRole('link', { name: /^Open / })
  return links.evaluateAll((all) =>
    all.map((link) => String(link.getAttribute('aria-label')?.split(' ').at(-1))),
  )
}

describe('2: a typed form, DynamoDB JSON and plain JSON views of an item, exact large numbers', () => {
  test('a typed form', async () => {
    const page = await console.open(item(2))
    await page.getByLabel('Name of a new attribute').fill('tags')
    await page.getByRole('button', { name: 'Add attribute' }).click()
    await page.getByLabel('Type of tags').selectOption('SS')
    await page.getByLabel('Value of tags').fill('x\ny')
    await page.getByLabel('Name of a new attribute').fill('list')
    await page.getByRole('button', { name: 'Add attribute' }).click()
    await page.getByLabel('Type of list').selectOption('L')
    await page.getByLabel('Value of list').fill('[{"S":')
    await page.reload()
    expect(await page.getByLabel('Value of list').inputValue()).toBe('[{"S":')
    await page.getByRole('button', { name: 'Save…' }).click()
    await page.getByText('What is typed for list is no value yet.').waitFor()
    await page.getByLabel('Value of list').fill('[{"S":"x"}]')
    await page.getByRole('button', { name: 'Remove text' }).click()
    await save(page)
    await page.getByText(/^Saved/).waitFor()
    const { text: _, ...rest } = itemOf(2)
    expect(await read(2)).toEqual({ ...rest, tags: { SS: ['x', 'y'] }, list: { L: [{ S: 'x' }] } })
    const Key = keyOf(2)
    await console.client.send(new DeleteItemCommand({ TableName: 'Items', Key }))
  })

  test('DynamoDB JSON and plain JSON', async () => {
    const page = await console.open(item(2))
    await page.getByLabel('View').selectOption('dynamodb')
    const typed = await page.getByLabel('DynamoDB JSON', { exact: true }).inputValue()
    expect(JSON.parse(typed)).toEqual(itemOf(2))
    await page.getByLabel('View').selectOption('plain')
    const plain = page.getByLabel('Plain JSON', { exact: true })
    const text = await plain.inputValue()
    expect(text).toContain(`"large": ${large}`)
    await plain.fill(text.replace(large, `${large.slice(0, -1)}9`))
    await save(page)
    await page.getByText(/^Saved/).waitFor()
    expect(await read(2)).toMatchObject({ large: { N: `${large.slice(0, -1)}9` } })
  })
})

test('2: edit with the change shown before it is made, made conditionally on what was read', async () => {
  const page = await console.open(item(1))
  await page.getByLabel('Value of text').fill('mine')
  await console.client.send(
    new UpdateItemCommand({
      TableName: 'Items',
      Key: keyOf(1),
      UpdateExpression: 'SET #large = :n',
      ExpressionAttributeNames: { '#large': 'large' },
      ExpressionAttributeValues: { ':n': { N: '7' } },
    }),
  )
  await page.getByRole('button', { name: 'Save…' }).click()
  const dialog = page.getByRole('dialog', { name: 'What will change' })
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual([
    'text− {\n  "S": "v1"\n}+ {\n  "S": "mine"\n}',
  ])
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Not saved: somebody has changed the item').waitFor()
  expect(await read(1)).toMatchObject({ text: { S: 'v1' }, large: { N: '7' } })
  await dialog.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Read again' }).click()
  await expect.poll(() => page.getByLabel('Value of large').inputValue()).toBe('7')
  await page.getByRole('button', { name: 'Save…' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^Saved/).waitFor()
  expect(await read(1)).toMatchObject({ text: { S: 'mine' }, large: { N: '7' } })
})

describe('2: duplicate, delete many, import and export (JSON Lines, CSV)', () => {
  test('duplicate', async () => {
    const page = await console.open(item(1))
    await page.getByRole('link', { name: 'Duplicate' }).click()
    await page.getByRole('heading', { name: 'New item of Items', exact: true }).waitFor()
    await save(page, 'Make item')
    await page.getByRole('dialog').getByText('Not saved').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click()
    await page.getByLabel('Value of sk').fill('77')
    await save(page, 'Make item')
    await page.getByText('An item of Items was made.').waitFor()
    const Key = keyOf(77)
    expect(await read(77)).toEqual({ ...itemOf(1), ...Key })
    await console.client.send(new DeleteItemCommand({ TableName: 'Items', Key }))
  })

  test('delete many, and 6: undo for deletes by a kept copy', async () => {
    const page = await console.open('#/tables/Items/items')
    await page.getByLabel(`Choose ${hostile} 3`).check()
    await page.getByLabel(`Choose ${hostile} 4`).check()
    await page.getByRole('button', { name: 'Delete chosen items' }).click()
    await page.getByText('2 items of Items deleted.').waitFor()
    expect([await read(3), await read(4)]).toEqual([undefined, undefined])
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('2 items of Items put back.').waitFor()
    expect([await read(3), await read(4)]).toEqual([itemOf(3), itemOf(4)])
    await page.getByRole('button', { name: 'Choose all on this page' }).click()
    await page.getByText('5 chosen').waitFor()
    await page.getByRole('button', { name: 'Choose none' }).click()
    await page.getByText('0 chosen').waitFor()
  })
})

test('2: the capacity that each request took', async () => {
  const page = await console.open('#/tables/Items/items')
  const command = new ScanCommand({ TableName: 'Items', ReturnConsumedCapacity: 'TOTAL' })
  const units = (await console.client.send(command)).ConsumedCapacity?.CapacityUnits
  await page.getByText(`5 of 5 read items, ${units} capacity units.`).waitFor()
  await page.getByLabel('Strongly consistent').check()
  await page.getByRole('button', { name: 'Scan' }).click()
  await page.getByText(`5 of 5 read items, ${Number(units) * 2} capacity units.`).waitFor()
  await page.goto(`${console.endpoint}/${item(0)}`)
  await page.getByLabel('Value of text').fill('changed')
  await save(page)
  // The item, and the entry of its index: one goes, one comes.
  await page.getByText('Saved, for 3 capacity units.').waitFor()
})

test('6: deep links for table, query and item', async () => {
  const page = await console.open('#/tables/Items/items')
  await page.getByLabel('Read by').selectOption('query')
  await page.getByLabel('pk (S)').fill(hostile)
  await page.getByLabel('Condition on sk').selectOption('>=')
  await page.getByLabel('sk (N)', { exact: true }).fill('3')
  await page.getByRole('button', { name: 'Query' }).click()
  await page.getByText('Page 1: 2 of 2 read items').waitFor()
  const [query, other] = [page.url(), await console.open()]
  await other.goto(query)
  await other.getByText('Page 1: 2 of 2 read items').waitFor()
  await other.getByRole('link', { name: /^Open .* 3$/ }).click()
  await other.getByRole('heading', { name: 'Item of Items', exact: true }).waitFor()
  const third = await console.open(new URL(other.url()).hash)
  await third.getByLabel('Value of text').waitFor()
  expect(await third.getByLabel('Value of text').inputValue()).toBe('v3')
  const table = await console.open('#/tables/Items')
  await table.getByRole('heading', { name: 'Items', exact: true }).waitFor()
})

test('7: item data never interpreted as HTML', async () => {
  const Item = {
    ...keyOf(6),
    [hostile]: { M: { [hostile]: { S: hostile } } },
    text: { S: hostile },
  }
  await console.client.send(new PutItemCommand({ TableName: 'Items', Item }))
  const pages = ['/items', '/items?view=lens', `/item?${item(6).split('?')[1]}`]
  for (const path of pages) {
    const page = await console.open(`#/tables/Items${path}`)
    await page.getByText(hostile).locator('visible=true').first().waitFor()
    if (path.startsWith('/item?')) {
      await page.getByLabel(`Value of text`).fill('other')
      await page.getByRole('button', { name: 'Save…' }).click()
      await page
        .getByRole('dialog')
        .getByText(/img|other/)
        .first()
        .waitFor()
    }
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('Items · Dynatom')
  }
  await console.client.send(new DeleteItemCommand({ TableName: 'Items', Key: keyOf(6) }))
})
