import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { attributeValue } from '../attributeValue.mjs'
import { inFlight } from '../rounds.mjs'
import { createTableParams } from './game.mjs'

/** The low-level client of the AWS SDK for JavaScript v3, without retries of its own. */
export function openSdkV3(endpoint) {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'clients', secretAccessKey: 'clients' },
    maxAttempts: 1,
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: inFlight } },
  })
  return {
    client,
    createTable: (tableName) => client.send(new CreateTableCommand(createTableParams(tableName))),
    describeTable: (tableName) => client.send(new DescribeTableCommand({ TableName: tableName })),
    close: () => client.destroy(),
  }
}

/** The game's client: AWS SDK for JavaScript v3, attribute values as they are on the wire. */
export const sdkV3 = {
  name: 'sdkV3',
  encode: attributeValue,
  open(endpoint) {
    const { client, ...rest } = openSdkV3(endpoint)
    return {
      ...rest,
      put: (params) => client.send(new PutItemCommand(params)),
      get: (params) => client.send(new GetItemCommand(params)),
      update: (params) => client.send(new UpdateItemCommand(params)),
      transactWrite: (params) => client.send(new TransactWriteItemsCommand(params)),
      transactGet: (params) => client.send(new TransactGetItemsCommand(params)),
    }
  },
}
