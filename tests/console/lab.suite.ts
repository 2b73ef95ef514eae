import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectGoodLooks } from './looks.ts'
import { useConsole, type Console } from './openConsole.ts'

const hostile = '<img src=x onerror="document.title=1">'
const key = (id: string) => ({ id: { S: id } })

async function createOrders(console: Console): Promise<void> {
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
}

describe('a server with a lab', () => {
  const console = useConsole('--lab')
  const put = (id: string) =>
    console.client.send(new PutItemCommand({ TableName: 'Orders', Item: key(id) }))
  const refusal = (sent: Promise<unknown>): Promise<string> =>
    sent.then(
      () => 'none',
      (error: Error) => error.name,
    )
  /** A panel of the page, with the form for another one opened. */
  async function openPanel(form: string): Promise<Page> {
    const page = await console.open('#/lab')
    await page.getByText(form, { exact: true }).click()
    return page
  }

  beforeAll(() => createOrders(console))

  test('4: lab: faults are set, listed live and removed', async () => {
    const page = await openPanel('Add a fault')
    await page.getByLabel('Operations (optional)').first().fill('PutItem')
    await page.getByLabel('Table (optional)').first().fill('Orders')
    await page
      .getByLabel('Key (optional)')
      .first()
      .fill(JSON.stringify(key(hostile)))
    await page.getByLabel('Error', { exact: true }).fill('ItemCollectionSizeLimitExceededException')
    await page.getByLabel('Next requests (all when empty)').fill('')
    await page.getByRole('button', { name: 'Add fault' }).click()
    await page.getByText('The fault is in force.').waitFor()
    const row = page.getByRole('table', { name: 'Faults' }).getByRole('row').nth(1)
    await row.getByText(`PutItem of Orders ${JSON.stringify(key(hostile))}`).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    const error = 'ItemCollectionSizeLimitExceededException'
    expect(await refusal(put(hostile))).toBe(error)
    expect(await refusal(put('other'))).toBe('none')
    await row.getByRole('cell', { name: '1', exact: true }).waitFor()
    await row.getByRole('button', { name: /^Remove fault / }).click()
    await page.getByText('No request is made to fail.').waitFor()
    expect(await refusal(put(hostile))).toBe('none')
  })

  test('4: lab: faults of transactions, delays and cut connections', async () => {
    const page = await openPanel('Add a fault')
    const add = page.getByRole('button', { name: 'Add fault' })
    await page.getByLabel('Operations (optional)').first().fill('TransactWriteItems')
    await page.getByLabel('Error', { exact: true }).fill('TransactionCanceledException')
    await page.getByLabel('Positions (optional)').fill('1')
    await add.click()
    await page.getByText('The fault is in force.').first().waitFor()
    const TransactItems = ['a', 'b'].map((id) => ({ Put: { TableName: 'Orders', Item: key(id) } }))
    const sent = console.client.send(new TransactWriteItemsCommand({ TransactItems }))
    await expect(sent).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    })
    await page.getByLabel('Operations (optional)').first().fill('PutItem')
    await page.getByLabel('What is done').selectOption('reset')
    await page.getByLabel('When', { exact: true }).selectOption('after')
    await add.click()
    const row = page.getByRole('row', { name: /PutItem connection reset, after it is durable/ })
    await row.waitFor()
    // The write was done, its answer was lost, and the SDK has sent it again.
    const output = await put('again')
    expect(output.$metadata.attempts).toBe(2)
    await page.getByRole('button', { name: 'Remove all faults' }).click()
    await page.getByText('No request is made to fail.').waitFor()
  })

  test('4: lab: holds are set, listed and released', async () => {
    const page = await openPanel('Hold items')
    await page.getByLabel('Table of item 1').fill('Orders')
    await page.getByLabel('Key of item 1').fill(JSON.stringify(key('held')))
    await page.getByRole('button', { name: 'Hold', exact: true }).click()
    await page.getByRole('row', { name: /Orders \{"id":\{"S":"held"\}\}/ }).waitFor()
    expect(await refusal(put('held'))).toBe('TransactionConflictException')
    await page.getByRole('button', { name: /^Release hold / }).click()
    await page.getByText(/^No item is held/).waitFor()
    expect(await refusal(put('held'))).toBe('none')
  })

  test('4: lab: transactions are stopped on their way and let go', async () => {
    const page = await openPanel('Stop transactions')
    await page.getByRole('button', { name: 'Stop them' }).click()
    await page.getByText('None yet').waitFor()
    const TransactItems = [{ Put: { TableName: 'Orders', Item: key('stopped') } }]
    const sent = console.client.send(new TransactWriteItemsCommand({ TransactItems }))
    await page.getByText(/^TransactWriteItems since .*Put Orders .*stopped/).waitFor()
    const Key = key('stopped')
    const read = () => console.client.send(new GetItemCommand({ TableName: 'Orders', Key }))
    expect((await read()).Item).toBeUndefined()
    await page.getByRole('button', { name: /^Let go stop / }).click()
    await sent
    expect((await read()).Item).toEqual(Key)
  })

  test('4: lab: clock', async () => {
    const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true }
    await console.client.send(
      new UpdateTimeToLiveCommand({ TableName: 'Orders', TimeToLiveSpecification }),
    )
    const expires = { N: String(Math.floor(Date.now() / 1000) + 3600) }
    const Item = { ...key('expiring'), expires }
    await console.client.send(new PutItemCommand({ TableName: 'Orders', Item }))
    const page = await console.open('#/lab')
    await page.getByText('goes by itself').waitFor()
    const shown = () => page.locator('time').innerText()
    await page.getByRole('button', { name: 'Freeze' }).click()
    await page.getByText('stands still', { exact: true }).waitFor()
    const before = await shown()
    await page.getByLabel('Advance by').fill('2')
    await page.getByLabel('Unit').selectOption('hours')
    await page.getByRole('button', { name: 'Advance', exact: true }).click()
    await page.getByText(/^The clock was advanced/).waitFor()
    await expect.poll(shown).toBe(new Date(Date.parse(before) + 2 * 3600 * 1000).toISOString())
    const Key = key('expiring')
    const read = await console.client.send(new GetItemCommand({ TableName: 'Orders', Key }))
    expect(read.Item).toBeUndefined()
    await page.getByRole('button', { name: 'Let it go on' }).click()
    await page.getByText('goes by itself').waitFor()
    await expect.poll(shown).not.toBe(before)
  })

  test('4: lab: lag', async () => {
    const page = await console.open('#/lab')
    await page.getByText('do not lag').waitFor()
    await page.getByLabel('Milliseconds', { exact: true }).fill('600000')
    await page.getByRole('button', { name: 'Set lag' }).click()
    await page.getByText('lag by 600,000 ms').waitFor()
    await put('late')
    const Key = key('late')
    const read = async (ConsistentRead: boolean) =>
      (await console.client.send(new GetItemCommand({ TableName: 'Orders', Key, ConsistentRead })))
        .Item
    expect(await read(false)).toBeUndefined()
    expect(await read(true)).toEqual(Key)
    await page.getByLabel('Lag of reads').selectOption('By chance')
    await page.getByLabel('At most (ms)').fill('20')
    await page.getByLabel('On average (ms)').fill('5')
    await page.getByRole('button', { name: 'Set lag' }).click()
    await page.getByText('lag by 0 to 20 ms, 5 on average').waitFor()
    await expect.poll(() => read(false)).toEqual(Key)
    await page.getByLabel('Lag of reads').selectOption('None')
    await page.getByRole('button', { name: 'Set lag' }).click()
    await page.getByText('do not lag').waitFor()
  })

  test('4: lab: what others do to it is shown live', async () => {
    const page = await console.open('#/lab')
    await page.getByText('No request is made to fail.').waitFor()
    const lab = (method: string, body?: string) =>
      fetch(`${console.endpoint}/_dynatom/lab/faults`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body }),
      })
    await lab('POST', '{ "operations": ["Scan"], "delayMs": 5 }')
    await page.getByRole('row', { name: /Scan waits 5 ms all/ }).waitFor()
    await lab('DELETE')
    await page.getByText('No request is made to fail.').waitFor()
  })

  test('6: lab by keyboard, and nothing lost by a reload', async () => {
    const page = await console.open('#/lab')
    await page.getByText('Hold items').focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Table of item 1').focus()
    await page.keyboard.type('Orders')
    await page.keyboard.press('Tab')
    await page.keyboard.type(JSON.stringify(key('typed')))
    await page.getByLabel('Milliseconds', { exact: true }).fill('777')
    await page.reload()
    expect(await page.getByLabel('Milliseconds', { exact: true }).inputValue()).toBe('777')
    await page.getByText('Hold items').focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Key of item 1').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /typed/ }).waitFor()
    expect(await refusal(put('typed'))).toBe('TransactionConflictException')
    await page.getByRole('button', { name: /^Release hold / }).focus()
    await page.keyboard.press('Enter')
    await page.getByText(/^No item is held/).waitFor()
  })

  test('6: lab: axe finds nothing, dark and light; on a 400-pixel-wide screen', async () => {
    const page = await openPanel('Add a fault')
    await page.getByLabel('Operations (optional)').first().fill('Scan')
    await page.getByRole('button', { name: 'Add fault' }).click()
    await page.getByRole('row', { name: /Scan ProvisionedThroughputExceededException/ }).waitFor()
    await page.getByText('Hold items', { exact: true }).click()
    await page.getByText('Stop transactions', { exact: true }).click()
    await page.getByRole('button', { name: 'Dismiss notice' }).click()
    await expectGoodLooks(page, 'lab')
    await page.getByRole('button', { name: 'Remove all faults' }).click()
  })
})

describe('a server without a lab', () => {
  const console = useConsole()

  test('4: lab: the page says how to have one', async () => {
    const page = await console.open('#/lab')
    await page.getByText('dynatom --lab', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Add fault' }).count()).toBe(0)
    await expectGoodLooks(page, 'lab-none')
  })
})

describe('a server that wants a token for its lab', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'dynatom-console-')), 'token')
  writeFileSync(file, 'the-token-of-the-lab')
  const console = useConsole('--lab', '--control-token-file', file)

  test('4: lab: the token is asked for, and is in no address and no storage', async () => {
    const page = await console.open('#/lab')
    const give = async (token: string): Promise<void> => {
      await page.getByLabel('Control token').fill(token)
      await page.getByRole('button', { name: 'Use this token' }).click()
    }
    await give('another-token')
    await page.getByLabel('Control token').waitFor()
    await give('the-token-of-the-lab')
    await page.getByText('No request is made to fail.').waitFor()
    const kept = await page.evaluate(
      'JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie])',
    )
    expect(kept).not.toContain('the-token-of-the-lab')
    await page.reload()
    await page.getByLabel('Control token').waitFor()
  })
})
