import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { newDatabase } from './runDatabase.ts'
import { openRunServer } from './runServer.ts'

afterEach(() => vi.unstubAllEnvs())

async function openRun(): Promise<void> {
  const table = {
    TableName: 'Orders',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  }
  const { database, environment } = await openRunServer({ tables: [table], region: 'eu-west-1' })
  onTestFinished(() => database.close())
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
}

const tablesOf = async (client: DynamoDBClient): Promise<unknown> =>
  (await client.send(new ListTablesCommand())).TableNames

describe('the database of a run', () => {
  test('is a namespace of the server that the environment names', async () => {
    await openRun()
    await using database = newDatabase()
    const config = database.clientConfig()
    expect(config).toEqual({
      endpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB'],
      region: 'eu-west-1',
      credentials: { accessKeyId: `dynatom-${database.name}`, secretAccessKey: 'local' },
    })
    expect(await tablesOf(new DynamoDBClient(config))).toEqual(['Orders'])
    expect(newDatabase().name).not.toBe(database.name)
  })

  test('has a lab, whose refusals are those of the lab in process', async () => {
    await openRun()
    const database = newDatabase()
    await database.lab.database.reset()
    const { namespaces } = await database.lab.namespaces.list()
    expect(namespaces).toEqual([database.name])
    const refused = database.lab.namespaces.drop({ name: 'absent' })
    await expect(refused).rejects.toMatchObject({
      name: 'NotFound',
      message: 'There is no namespace "absent".',
    })
    await database.close()
    expect(await database.lab.namespaces.list()).toEqual({ namespaces: [] })
    await database.close()
  })

  test('is not there where no server is', () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', undefined)
    expect(() => newDatabase()).toThrow(
      'AWS_ENDPOINT_URL_DYNAMODB names no server: this run has no database.',
    )
  })
})
