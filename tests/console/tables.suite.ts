import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()

const tableOf = (TableName: string): CreateTableCommandInput => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})
const create = (name: string) => console.client.send(new CreateTableCommand(tableOf(name)))
const describeTable = async (TableName: string) =>
  (await console.client.send(new DescribeTableCommand({ TableName }))).Table

test('1: list with counts, sizes, status', async () => {
  await create('Listed')
  const Item = { id: { S: 'a' } }
  await console.client.send(new PutItemCommand({ TableName: 'Listed', Item }))
  const page = await console.open()
  const row = page.getByRole('row', { name: /^Listed/ })
  await row.getByText('ACTIVE').waitFor()
  const table = await describeTable('Listed')
  await row.getByRole('cell', { name: `${table?.TableSizeBytes} B` }).waitFor()
  await row.getByRole('cell', { name: String(table?.ItemCount), exact: true }).waitFor()
})

test('1: create with indexes, time to live, stream', async () => {
  const page = await console.open()
  await page.getByRole('link', { name: 'Create table' }).click()
  await page.getByLabel('Table name').fill('Orders')
  await page.getByLabel('Partition key', { exact: true }).fill('customer')
  await page.getByLabel('Sort key (optional)').fill('at')
  await page.getByLabel('Type of sort key').selectOption('N')
  await page.getByRole('button', { name: 'Add index' }).click()
  await page.getByLabel('Index name').fill('byStatus')
  await page.getByLabel('Index partition key', { exact: true }).fill('status')
  await page.getByLabel('Time to live attribute (optional)').fill('expires')
  await page.getByLabel('Stream').selectOption('NEW_AND_OLD_IMAGES')
  // 6: nothing lost by a reload.
  await page.reload()
  await page.getByRole('button', { name: 'Create table' }).click()
  await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
  expect(await describeTable('Orders')).toMatchObject({
    AttributeDefinitions: expect.arrayContaining([
      { AttributeName: 'at', AttributeType: 'N' },
    ]) as unknown,
    KeySchema: [
      { AttributeName: 'customer', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [{ IndexName: 'byStatus', IndexStatus: 'ACTIVE' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  })
  const command = new DescribeTimeToLiveCommand({ TableName: 'Orders' })
  expect((await console.client.send(command)).TimeToLiveDescription).toEqual({
    AttributeName: 'expires',
    TimeToLiveStatus: 'ENABLED',
  })
})

test('1: change', async () => {
  await create('Changed')
  const page = await console.open('#/tables/Changed')
  await page.getByLabel('Records of the stream').selectOption('KEYS_ONLY')
  await page.getByText('The stream of Changed was changed.').waitFor()
  await page.getByLabel('Protect from deletion').click()
  await page.getByText('Protection of Changed was changed.').waitFor()
  await page.getByLabel('Expiry attribute').fill('expires')
  await page.getByRole('button', { name: 'Turn time to live on' }).click()
  await page.getByText('Time to live of Changed was changed.').waitFor()
  await page.getByLabel('Read units').fill('7')
  await page.getByLabel('Write units').fill('3')
  await page.getByRole('button', { name: 'Provision' }).click()
  await page.getByText('Capacity of Changed was changed.').waitFor()
  await page.getByText('Add a global index').click()
  await page.getByLabel('Index name').fill('byEmail')
  await page.getByLabel('Index partition key', { exact: true }).fill('email')
  await page.getByRole('button', { name: 'Add index' }).click()
  await page.getByRole('row', { name: /^byEmail Global email ALL ACTIVE/ }).waitFor()
  expect(await describeTable('Changed')).toMatchObject({
    StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
    DeletionProtectionEnabled: true,
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
    GlobalSecondaryIndexes: [{ IndexName: 'byEmail' }],
  })
  const command = new DescribeTimeToLiveCommand({ TableName: 'Changed' })
  expect((await console.client.send(command)).TimeToLiveDescription).toMatchObject({
    AttributeName: 'expires',
  })
  await page.getByRole('button', { name: 'Remove byEmail' }).click()
  await page.getByRole('row', { name: /^byEmail/ }).waitFor({ state: 'detached' })
  expect((await describeTable('Changed'))?.GlobalSecondaryIndexes).toBeUndefined()
})

test('1: delete with the name typed', async () => {
  await create('Deleted')
  const page = await console.open('#/tables/Deleted')
  await page.getByRole('button', { name: 'Delete table…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete table Deleted' })
  const button = dialog.getByRole('button', { name: 'Delete table' })
  await dialog.getByLabel('Type the name of the table').fill('deleted')
  expect(await button.isDisabled()).toBe(true)
  await dialog.getByLabel('Type the name of the table').fill('Deleted')
  await button.click()
  await page.getByText('Table Deleted was deleted.').waitFor()
  const { TableNames } = await console.client.send(new ListTablesCommand({}))
  expect(TableNames).not.toContain('Deleted')
})

test('1: "where are my tables?" when another region or key shows them', async () => {
  const credentials = { accessKeyId: 'dynatom-elsewhere', secretAccessKey: 'x' }
  const other = new DynamoDBClient({
    endpoint: console.endpoint,
    region: 'eu-central-1',
    credentials,
  })
  await other.send(new CreateTableCommand(tableOf('InNamespace')))
  other.destroy()
  const page = await console.open()
  await page.getByText('Where are my tables?').click()
  await page.getByText('has InNamespace').waitFor()
  await page.getByRole('button', { name: 'Namespace elsewhere' }).click()
  await page.getByRole('link', { name: 'InNamespace' }).waitFor()
  await page.reload()
  await page.getByRole('link', { name: 'InNamespace' }).waitFor()
})
