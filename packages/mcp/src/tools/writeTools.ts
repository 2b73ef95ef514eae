import { operationTool } from './operationTool.ts'
import { item, key, list, placeholders, record, request, tableName, text } from './schemas.ts'
import type { Tool } from './tool.ts'

const condition = {
  ConditionExpression: text(
    'What must hold of the item as it is, such as "attribute_not_exists(id)".',
  ),
  ...placeholders,
  ReturnValues: text('NONE, ALL_OLD, and of update_item UPDATED_OLD, ALL_NEW, UPDATED_NEW.'),
}

/** The request of a transaction, which a dry run takes too. */
export const transaction: Readonly<Record<'TransactItems', object>> = {
  TransactItems: list(
    'Up to 100 entries: {"Put": ...}, {"Update": ...}, {"Delete": ...}, {"ConditionCheck": ...}.',
  ),
}

/** Tools that change tables and items. */
export const writeTools: readonly Tool[] = [
  operationTool({
    name: 'put_item',
    operation: 'PutItem',
    description: 'Writes an item, in place of the one with its key.',
    inputSchema: request({ TableName: tableName, Item: item, ...condition }, ['TableName', 'Item']),
    changes: true,
    destroys: true,
  }),
  operationTool({
    name: 'update_item',
    operation: 'UpdateItem',
    description: 'Changes attributes of an item, which is made if it is not there.',
    inputSchema: request(
      {
        TableName: tableName,
        Key: key,
        UpdateExpression: text('Such as "SET #s = :s ADD n :one".'),
        ...condition,
      },
      ['TableName', 'Key'],
    ),
    changes: true,
    destroys: true,
  }),
  operationTool({
    name: 'delete_item',
    operation: 'DeleteItem',
    description: 'Deletes an item.',
    inputSchema: request({ TableName: tableName, Key: key, ...condition }, ['TableName', 'Key']),
    changes: true,
    destroys: true,
  }),
  operationTool({
    name: 'batch_write',
    operation: 'BatchWriteItem',
    description: 'Puts and deletes up to 25 items, each by itself.',
    inputSchema: request(
      { RequestItems: record('By table lists of {"PutRequest": ...} and {"DeleteRequest": ...}.') },
      ['RequestItems'],
    ),
    changes: true,
    destroys: true,
  }),
  operationTool({
    name: 'transact_write',
    operation: 'TransactWriteItems',
    description: 'Writes up to 100 items, all of them or none.',
    inputSchema: request(
      { ...transaction, ClientRequestToken: text('Makes a second request with it do nothing.') },
      ['TransactItems'],
    ),
    changes: true,
    destroys: true,
  }),
  operationTool({
    name: 'execute_statement',
    operation: 'ExecuteStatement',
    description: 'Executes one statement of PartiQL.',
    inputSchema: request(
      {
        Statement: text('Such as DELETE FROM "Orders" WHERE OrderID = ?.'),
        Parameters: list('Values for the question marks, in DynamoDB JSON.'),
      },
      ['Statement'],
    ),
    changes: true,
    destroys: true,
  }),
  operationTool({
    name: 'create_table',
    operation: 'CreateTable',
    description: 'Creates a table.',
    inputSchema: request(
      {
        TableName: tableName,
        AttributeDefinitions: list('Types of all key attributes.'),
        KeySchema: list('Such as [{"AttributeName": "id", "KeyType": "HASH"}].'),
        BillingMode: text('PAY_PER_REQUEST or PROVISIONED; the former when absent.'),
        GlobalSecondaryIndexes: list('Indexes with other partition keys.'),
        LocalSecondaryIndexes: list('Indexes with other sort keys.'),
        StreamSpecification: record(
          'Such as {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"}.',
        ),
      },
      ['TableName', 'AttributeDefinitions', 'KeySchema'],
    ),
    standard: { BillingMode: 'PAY_PER_REQUEST' },
    changes: true,
  }),
  operationTool({
    name: 'update_table',
    operation: 'UpdateTable',
    description: 'Changes throughput, indexes, stream or protection of a table.',
    inputSchema: request({ TableName: tableName }, ['TableName']),
    changes: true,
  }),
  operationTool({
    name: 'update_time_to_live',
    operation: 'UpdateTimeToLive',
    description: 'Has items expire by an attribute, or not any more.',
    inputSchema: request(
      {
        TableName: tableName,
        TimeToLiveSpecification: record('Such as {"Enabled": true, "AttributeName": "expires"}.'),
      },
      ['TableName', 'TimeToLiveSpecification'],
    ),
    changes: true,
  }),
  operationTool({
    name: 'delete_table',
    operation: 'DeleteTable',
    description: 'Deletes a table with its items.',
    inputSchema: request({ TableName: tableName }, ['TableName']),
    changes: true,
    destroys: true,
  }),
]
