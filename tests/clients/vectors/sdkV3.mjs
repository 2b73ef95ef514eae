import { setTimeout as pause } from 'node:timers/promises'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  SearchVectorsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { numbers, pictureItem, pictures, table, toldResult } from './pictures.mjs'

/** The AWS SDK for JavaScript v3. */
export async function sdkV3(endpoint, TableName) {
  const credentials = { accessKeyId: 'clients', secretAccessKey: 'clients' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  const failureOf = (command) => client.send(command).then(assert, (error) => error)
  const indexes = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }))
    return Table.VectorIndexes ?? []
  }
  await client.send(new CreateTableCommand({ TableName, ...table }))
  const [index] = await indexes()
  for (const picture of pictures) {
    await client.send(new PutItemCommand({ TableName, Item: pictureItem(picture) }))
  }
  const refused = await failureOf(
    new PutItemCommand({ TableName, Item: pictureItem(['short', 'sea', 2025, [1, 2]]) }),
  )
  const search = {
    TableName,
    IndexName: 'byLooks',
    SearchVector: numbers([1, 0, 0]),
    TopK: 10,
    ReturnConsumedCapacity: 'TOTAL',
  }
  const album = await client.send(
    new SearchVectorsCommand({
      ...search,
      SearchConditionExpression: 'album = :album',
      ExpressionAttributeValues: { ':album': { S: 'sea' } },
    }),
  )
  const year = await client.send(
    new SearchVectorsCommand({
      ...search,
      SearchConditionExpression: 'album = :album AND #year = :year',
      ExpressionAttributeNames: { '#year': 'year' },
      ExpressionAttributeValues: { ':album': { S: 'sea' }, ':year': { N: '2025' } },
    }),
  )
  const unscoped = await failureOf(new SearchVectorsCommand(search))
  const VectorIndexUpdates = [{ Delete: { IndexName: 'byLooks' } }]
  await client.send(new UpdateTableCommand({ TableName, VectorIndexUpdates }))
  let left = await indexes()
  for (let i = 0; i < 100 && left.length > 0; i++) {
    await pause(50)
    left = await indexes()
  }
  await client.send(new DeleteTableCommand({ TableName }))
  client.destroy()
  return toldResult({ index, refused, album, year, unscoped, left })
}

function assert() {
  throw new Error('nothing was refused')
}
