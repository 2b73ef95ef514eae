import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { plainValue } from '../attributeValue.mjs'
import { openSdkV3 } from './sdkV3.mjs'

/** The game's client: the document client of the AWS SDK for JavaScript v3. */
export const libDynamodbV3 = {
  name: 'libDynamodbV3',
  encode: plainValue,
  open(endpoint) {
    const { client, ...rest } = openSdkV3(endpoint)
    const documentClient = DynamoDBDocumentClient.from(client)
    return {
      ...rest,
      put: (params) => documentClient.send(new PutCommand(params)),
      get: (params) => documentClient.send(new GetCommand(params)),
      update: (params) => documentClient.send(new UpdateCommand(params)),
      transactWrite: (params) => documentClient.send(new TransactWriteCommand(params)),
      transactGet: (params) => documentClient.send(new TransactGetCommand(params)),
    }
  },
}
