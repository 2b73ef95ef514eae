import { operationTool } from './operationTool.ts'
import {
  flag,
  key,
  list,
  placeholders,
  record,
  request,
  tableName,
  text,
  whole,
} from './schemas.ts'
import type { Tool } from './tool.ts'

/** So many items are enough for a model to begin with. */
const firstItems = { Limit: 50 }

const page = {
  Limit: whole('How many items are looked at; 50 when absent.'),
  ExclusiveStartKey: record('The LastEvaluatedKey of the page before.'),
  ScanIndexForward: flag('Ascending by sort key, which it is when absent.'),
  ConsistentRead: flag('Whether the newest state is read.'),
}
const selection = {
  FilterExpression: text('A condition on what is found.'),
  ProjectionExpression: text('Which attributes are wanted.'),
  Select: text('ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES, SPECIFIC_ATTRIBUTES or COUNT.'),
}
const indexName = text('An index of the table.')

const selectStatement = /^\s*select\b/i

/** Tools that change nothing. */
export const readTools: readonly Tool[] = [
  operationTool({
    name: 'list_tables',
    operation: 'ListTables',
    description: 'Lists the names of the tables.',
    inputSchema: request({
      Limit: whole('How many, 100 at most.'),
      ExclusiveStartTableName: text('The LastEvaluatedTableName of the page before.'),
    }),
    changes: false,
  }),
  operationTool({
    name: 'describe_table',
    operation: 'DescribeTable',
    description: 'Describes a table: keys, indexes, throughput, stream, how much is in it.',
    inputSchema: request({ TableName: tableName }, ['TableName']),
    changes: false,
  }),
  operationTool({
    name: 'get_item',
    operation: 'GetItem',
    description: 'Reads one item by its primary key.',
    inputSchema: request(
      {
        TableName: tableName,
        Key: key,
        ConsistentRead: page.ConsistentRead,
        ProjectionExpression: selection.ProjectionExpression,
        ExpressionAttributeNames: placeholders.ExpressionAttributeNames,
      },
      ['TableName', 'Key'],
    ),
    changes: false,
  }),
  operationTool({
    name: 'query',
    operation: 'Query',
    description: 'Reads the items of one partition key, in the order of their sort keys.',
    inputSchema: request(
      {
        TableName: tableName,
        IndexName: indexName,
        KeyConditionExpression: text('Such as "pk = :pk AND begins_with(sk, :prefix)".'),
        ...selection,
        ...placeholders,
        ...page,
      },
      ['TableName', 'KeyConditionExpression'],
    ),
    standard: firstItems,
    changes: false,
  }),
  operationTool({
    name: 'scan',
    operation: 'Scan',
    description: 'Reads the items of a table or an index, page by page.',
    inputSchema: request(
      { TableName: tableName, IndexName: indexName, ...selection, ...placeholders, ...page },
      ['TableName'],
    ),
    standard: firstItems,
    changes: false,
  }),
  {
    name: 'select',
    description: 'Reads items by a SELECT statement of PartiQL.',
    inputSchema: request(
      {
        Statement: text('Such as SELECT * FROM "Orders" WHERE OrderID = ?.'),
        Parameters: list('Values for the question marks, in DynamoDB JSON.'),
        Limit: page.Limit,
        NextToken: text('That of the page before.'),
      },
      ['Statement'],
    ),
    changes: false,
    run(connection, given) {
      const { Statement } = given
      if (typeof Statement !== 'string' || !selectStatement.test(Statement)) {
        throw new TypeError('select takes a SELECT statement.')
      }
      return connection.perform('ExecuteStatement', { ...firstItems, ...given })
    },
  },
  operationTool({
    name: 'transact_get',
    operation: 'TransactGetItems',
    description: 'Reads up to 100 items as they are at one moment.',
    inputSchema: request(
      { TransactItems: list('Entries {"Get": {"TableName": ..., "Key": ...}}.') },
      ['TransactItems'],
    ),
    changes: false,
  }),
]
