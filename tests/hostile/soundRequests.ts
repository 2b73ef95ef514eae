import { itemsTable } from '../means/itemsTable.ts'

const id = { S: 'a' }
const item = {
  id,
  n: { N: '1' },
  b: { B: 'AAEC' },
  bool: { BOOL: true },
  null: { NULL: true },
  ss: { SS: ['x'] },
  ns: { NS: ['1'] },
  bs: { BS: ['AA=='] },
  l: { L: [{ S: 'x' }] },
  m: { M: { x: { N: '2' } } },
}
const names = { '#n': 'n' }
const values = { ':v': { N: '1' } }
const condition = {
  ConditionExpression: '#n < :v',
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values,
}
const statement = {
  Statement: 'UPDATE Items SET n = ? WHERE id = ? AND n < 5',
  Parameters: [{ N: '1' }, id],
}
const table = { TableName: 'Items' }
const index = {
  IndexName: 'byN',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
}
const tableArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Items'

const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'dynamodb:GetItem', Resource: tableArn }],
})

/** A request for every operation of the server; what is wrong with them, if anything, is not their form. */
export const soundRequests: Readonly<Record<string, object>> = {
  BatchExecuteStatement: {
    Statements: [{ ...statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }],
  },
  BatchGetItem: { RequestItems: { Items: { Keys: [{ id }], ConsistentRead: true } } },
  BatchWriteItem: { RequestItems: { Items: [{ PutRequest: { Item: item } }] } },
  CreateTable: { ...itemsTable, TableName: 'Created', GlobalSecondaryIndexes: [index] },
  DeleteItem: { ...table, Key: { id }, ...condition },
  DeleteResourcePolicy: { ResourceArn: tableArn },
  DeleteTable: { TableName: 'Absent' },
  DescribeContinuousBackups: table,
  DescribeEndpoints: {},
  DescribeLimits: {},
  DescribeTable: table,
  DescribeTableReplicaAutoScaling: table,
  DescribeTimeToLive: table,
  ExecuteStatement: { ...statement, ConsistentRead: true, Limit: 5 },
  ExecuteTransaction: { TransactStatements: [statement] },
  GetItem: { ...table, Key: { id }, ProjectionExpression: '#n', ExpressionAttributeNames: names },
  GetResourcePolicy: { ResourceArn: tableArn },
  ListTables: { Limit: 5 },
  ListTagsOfResource: { ResourceArn: tableArn },
  PutItem: { ...table, Item: item, ...condition },
  PutResourcePolicy: { ResourceArn: tableArn, Policy: policy },
  Query: {
    ...table,
    KeyConditionExpression: 'id = :k',
    FilterExpression: '#n < :v',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...values, ':k': id },
  },
  Scan: {
    ...table,
    FilterExpression: '#n < :v',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  },
  SearchVectors: {
    TableName: 'Other',
    IndexName: 'byV',
    SearchVector: [{ N: '1' }, { N: '0.5' }],
    TopK: 3,
    SearchConditionExpression: '#n = :v',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ReturnConsumedCapacity: 'INDEXES',
  },
  TagResource: { ResourceArn: tableArn, Tags: [{ Key: 'k', Value: 'v' }] },
  TransactGetItems: { TransactItems: [{ Get: { ...table, Key: { id } } }] },
  TransactWriteItems: { TransactItems: [{ Put: { ...table, Item: item, ...condition } }] },
  UntagResource: { ResourceArn: tableArn, TagKeys: ['k'] },
  UpdateItem: {
    ...table,
    Key: { id },
    UpdateExpression: 'SET #n = :v',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  },
  UpdateTable: { TableName: 'Other', BillingMode: 'PAY_PER_REQUEST' },
  UpdateTableReplicaAutoScaling: table,
  UpdateTimeToLive: {
    TableName: 'Other',
    TimeToLiveSpecification: { AttributeName: 'ends', Enabled: true },
  },
}
