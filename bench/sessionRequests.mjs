const TableName = 'Sessions'

export const table = {
  TableName,
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
}

const key = (i) => ({ pk: { S: `a${i}` } })
const item = (i) => ({ ...key(i), text: { S: 'x'.repeat(300) } })
const one = { ':one': { N: '1' } }

/** Six requests of a turn, each the `i`th of its kind; what they need those before them have made. */
export const sessionKinds = [
  { operation: 'PutItem', request: (i) => ({ TableName, Item: item(i) }) },
  { operation: 'GetItem', request: (i) => ({ TableName, Key: key(i) }) },
  {
    operation: 'UpdateItem',
    request: (i) => ({
      TableName,
      Key: key(i),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: one,
    }),
  },
  {
    operation: 'Query',
    request: (i) => ({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': key(i).pk },
    }),
  },
  { operation: 'Scan', request: () => ({ TableName, Limit: 10 }) },
  {
    operation: 'TransactWriteItems',
    request: (i) => ({
      TransactItems: [
        { Put: { TableName, Item: { pk: { S: `b${i}` } } } },
        {
          Update: {
            TableName,
            Key: key(i),
            UpdateExpression: 'SET q = :one',
            ConditionExpression: 'attribute_not_exists(q) OR attribute_exists(pk)',
            ExpressionAttributeValues: one,
          },
        },
      ],
    }),
  },
]

/** The kinds of which the first requests are measured, each on a server and a table of its own. */
export const firstRequests = [
  ...sessionKinds,
  { operation: 'DeleteItem', request: (i) => ({ TableName, Key: key(i) }) },
  {
    operation: 'BatchWriteItem',
    request: (i) => ({ RequestItems: { [TableName]: [{ PutRequest: { Item: item(i) } }] } }),
  },
  {
    operation: 'BatchGetItem',
    request: (i) => ({ RequestItems: { [TableName]: { Keys: [key(i)] } } }),
  },
  {
    operation: 'TransactGetItems',
    request: (i) => ({ TransactItems: [{ Get: { TableName, Key: key(i) } }] }),
  },
]
