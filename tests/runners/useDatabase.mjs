import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'

/**
 * Everything that a test does with a database; gives what it has read. `afterOpening` is called
 * between opening and the first request.
 * @param {Pick<typeof import('../../packages/server/src/index.ts'), 'createDatabase'>} dynatom
 * @param {Parameters<typeof import('../../packages/server/src/index.ts').createDatabase>[0]} options
 */
export async function useDatabase({ createDatabase }, options, afterOpening = () => {}) {
  const database = await createDatabase(options)
  afterOpening()
  const client = new DynamoDBClient(database.clientConfig())
  await client.send(
    new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: '1' } } }))
  const update = {
    TableName: 'Orders',
    Key: { id: { S: '1' } },
    UpdateExpression: 'SET paid = :yes',
    ExpressionAttributeValues: { ':yes': { BOOL: true } },
  }
  await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: update }] }))
  const read = new GetItemCommand({ TableName: 'Orders', Key: { id: { S: '1' } } })
  const { Item } = await client.send(read)
  await database.close()
  return Item
}

export const written = { id: { S: '1' }, paid: { BOOL: true } }
