import {
  BatchExecuteStatementCommand,
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
} from '@aws-sdk/lib-dynamodb'
import { plainValue } from '../attributeValue.mjs'
import { openSdkV3 } from '../gamePurchase/sdkV3.mjs'

const commands = {
  ExecuteStatement: ExecuteStatementCommand,
  BatchExecuteStatement: BatchExecuteStatementCommand,
  ExecuteTransaction: ExecuteTransactionCommand,
}

/** What is there of a value: no members that are undefined. */
const present = (record) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

function failureOf(error) {
  const { name, message, Item, CancellationReasons } = error
  return present({
    class: error.constructor.name,
    name,
    message,
    Item,
    CancellationReasons: CancellationReasons?.map(present),
  })
}

/** The document client of the AWS SDK for JavaScript v3: native values, but for those of errors. */
export const documentClient = {
  name: 'libDynamodbV3',
  plainError: 'DynamoDBServiceException',
  encode: plainValue,
  heard: (failure) => failure,
  open(endpoint) {
    const { client, close } = openSdkV3(endpoint)
    const documents = DynamoDBDocumentClient.from(client)
    return {
      close,
      async ask(operation, request) {
        try {
          const answered = await documents.send(new commands[operation](request))
          const { $metadata: _metadata, ...answer } = answered
          return { answer: present(answer) }
        } catch (error) {
          return { failure: failureOf(error) }
        }
      },
    }
  },
}
