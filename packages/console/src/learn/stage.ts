import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  UpdateTableCommand,
  paginateListTables,
  waitUntilTableExists,
  waitUntilTableNotExists,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import type { StagedTable, TableKey } from './course.ts'

/** Seconds, where tables take their time. */
const patience = { maxWaitTime: 60, minDelay: 1, maxDelay: 2 }
const mostOfBatch = 25

/** Deletes all tables of the database, which is that of a course alone. */
export async function clearTables(client: DynamoDBClient): Promise<void> {
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const TableName of TableNames) {
      await deleteTable(client, TableName)
      await waitUntilTableNotExists({ client, ...patience }, { TableName })
    }
  }
}

/** Protection does not keep a table of a course. */
async function deleteTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const command = new DeleteTableCommand({ TableName })
  try {
    await client.send(command)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationException') throw error
    const unprotect = { TableName, DeletionProtectionEnabled: false }
    await client.send(new UpdateTableCommand(unprotect))
    await client.send(command)
  }
}

/** Has the database hold these tables with these items, and nothing else. */
export async function setStage(
  client: DynamoDBClient,
  stage: Readonly<Record<string, StagedTable>>,
): Promise<void> {
  await clearTables(client)
  for (const [name, { key, items }] of Object.entries(stage)) {
    await client.send(new CreateTableCommand(tableInput(name, key)))
    await waitUntilTableExists({ client, ...patience }, { TableName: name })
    for (let first = 0; first < items.length; first += mostOfBatch) {
      const requests = items
        .slice(first, first + mostOfBatch)
        .map((item) => ({ PutRequest: { Item: { ...item } } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: requests } }))
    }
  }
}

function tableInput(TableName: string, key: TableKey) {
  const keys = Object.entries(key)
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keys.map(([AttributeName], i) => ({
      AttributeName,
      KeyType: i === 0 ? ('HASH' as const) : ('RANGE' as const),
    })),
  }
}

/** The key of a table that is there; undefined where there is none. */
export async function keyOfTable(
  client: DynamoDBClient,
  TableName: string,
): Promise<TableKey | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }))
    const types = new Map(
      Table?.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => [
        AttributeName,
        AttributeType,
      ]),
    )
    const names = Table?.KeySchema?.map(({ AttributeName = '' }) => AttributeName) ?? []
    return Object.fromEntries(names.map((name) => [name, types.get(name) ?? 'S'])) as TableKey
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined
    throw error
  }
}
