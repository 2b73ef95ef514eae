import { Agent } from 'node:http'
import AWS from 'aws-sdk'
import { attributeValue } from '../attributeValue.mjs'
import { inFlight } from '../rounds.mjs'
import { createTableParams } from './game.mjs'

/** The low-level client of the AWS SDK for JavaScript v2, without retries of its own. */
export function openSdkV2(endpoint) {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const dynamoDb = new AWS.DynamoDB({
    endpoint,
    region: 'us-east-1',
    credentials: new AWS.Credentials('clients', 'clients'),
    maxRetries: 0,
    httpOptions: { agent },
  })
  return {
    dynamoDb,
    createTable: (tableName) => dynamoDb.createTable(createTableParams(tableName)).promise(),
    describeTable: (tableName) => dynamoDb.describeTable({ TableName: tableName }).promise(),
    close: () => agent.destroy(),
  }
}

/** A document client on top of a low-level client. */
export const documentClientOf = (dynamoDb) => new AWS.DynamoDB.DocumentClient({ service: dynamoDb })

/** The game's client: AWS SDK for JavaScript v2, attribute values as they are on the wire. */
export const sdkV2 = {
  name: 'sdkV2',
  encode: attributeValue,
  open(endpoint) {
    const { dynamoDb, ...client } = openSdkV2(endpoint)
    return {
      ...client,
      put: (params) => dynamoDb.putItem(params).promise(),
      get: (params) => dynamoDb.getItem(params).promise(),
      update: (params) => dynamoDb.updateItem(params).promise(),
      transactWrite: (params) => dynamoDb.transactWriteItems(params).promise(),
      transactGet: (params) => dynamoDb.transactGetItems(params).promise(),
    }
  },
}
