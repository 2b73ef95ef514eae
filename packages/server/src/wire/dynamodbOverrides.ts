import { maxLengthConstraint, minValueConstraint } from '../errors/wireErrors.ts'
import { checkRequiredFirst } from './requiredFirst.ts'
import type { ModelOverrides } from './serviceDefinition.ts'

/*
 * Where DynamoDB's answers differ from what its service model says (behaviour digest 4.1).
 */

/**
 * Enumerations in the order in which DynamoDB prints them; all others print in the model's order.
 */
const enumOrders: ReadonlyMap<string, readonly string[]> = new Map([
  ['ReturnValue', ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW']],
  ['Select', ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES']],
  ['ScalarAttributeType', ['B', 'N', 'S']],
  ['ProjectionType', ['ALL', 'INCLUDE', 'KEYS_ONLY']],
  [
    'ComparisonOperator',
    [
      'IN',
      'NULL',
      'BETWEEN',
      'LT',
      'NOT_CONTAINS',
      'EQ',
      'GT',
      'NOT_NULL',
      'NE',
      'LE',
      'BEGINS_WITH',
      'GE',
      'CONTAINS',
    ],
  ],
  ['ConditionalOperator', ['OR', 'AND']],
])

/** Members, as `structure.member`, that are held to another shape than the model gives them. */
const memberShapes: ReadonlyMap<string, string> = new Map([
  // The model allows an ARN, which is longer; a table can be created by name only.
  ['CreateTableInput.TableName', 'TableName'],
])

/**
 * The constraints, by member as `structure.member`, whose failures are reported in the newer form,
 * without the value (behaviour digest 3.5 and 4.1).
 */
const newFormConstraints: ReadonlyMap<string, readonly string[]> = new Map([
  ['QueryInput.Limit', [minValueConstraint(1)]],
  ['KeysAndAttributes.Keys', [maxLengthConstraint(100)]],
])

/**
 * Members, as `structure.member`, whose constraints the operation checks itself: a transaction
 * reports the faults of its first bad action, whatever their kind (behaviour digest 1.6, step 2).
 */
const lateMembers: ReadonlySet<string> = new Set(
  ['ConditionCheck', 'Put', 'Update', 'Delete'].map(
    (action) => `${action}.ReturnValuesOnConditionCheckFailure`,
  ),
)

/**
 * The order in which failures of a structure's members are reported; members that are not listed
 * follow in alphabetical order (measured, old).
 */
const memberOrders: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    BatchGetItemInput: ['ReturnConsumedCapacity', 'RequestItems'],
    BatchWriteItemInput: ['ReturnConsumedCapacity', 'ReturnItemCollectionMetrics', 'RequestItems'],
    CreateGlobalSecondaryIndexAction: [
      'Projection',
      'IndexName',
      'ProvisionedThroughput',
      'KeySchema',
    ],
    CreateTableInput: [
      'AttributeDefinitions',
      'TableName',
      'BillingMode',
      'ProvisionedThroughput',
      'KeySchema',
      'LocalSecondaryIndexes',
      'GlobalSecondaryIndexes',
    ],
    DeleteItemInput: [
      'ReturnConsumedCapacity',
      'TableName',
      'ReturnValues',
      'ReturnItemCollectionMetrics',
      'Key',
      'ConditionalOperator',
      'Expected',
    ],
    GetItemInput: ['ReturnConsumedCapacity', 'AttributesToGet', 'TableName', 'Key'],
    KeysAndAttributes: ['Keys', 'AttributesToGet'],
    ListTablesInput: ['Limit', 'ExclusiveStartTableName'],
    Projection: ['ProjectionType', 'NonKeyAttributes'],
    ProvisionedThroughput: ['WriteCapacityUnits', 'ReadCapacityUnits'],
    PutItemInput: [
      'ReturnConsumedCapacity',
      'TableName',
      'Item',
      'ConditionalOperator',
      'Expected',
      'ReturnValues',
      'ReturnItemCollectionMetrics',
    ],
    QueryInput: [
      'Select',
      'IndexName',
      'ReturnConsumedCapacity',
      'QueryFilter',
      'TableName',
      'ConditionalOperator',
      'AttributesToGet',
      'Limit',
      'KeyConditions',
    ],
    ScanInput: [
      'Select',
      'IndexName',
      'TotalSegments',
      'ReturnConsumedCapacity',
      'TableName',
      'ConditionalOperator',
      'ScanFilter',
      'Segment',
      'Limit',
      'AttributesToGet',
    ],
    UpdateItemInput: [
      'ReturnConsumedCapacity',
      'TableName',
      'ReturnItemCollectionMetrics',
      'ReturnValues',
      'Key',
      'ConditionalOperator',
      'Expected',
    ],
    UpdateTableInput: [
      'TableName',
      'ProvisionedThroughput',
      'BillingMode',
      'GlobalSecondaryIndexUpdates',
    ],
  }),
)

export const dynamodbOverrides: ModelOverrides = {
  enumOrders,
  memberShapes,
  newFormConstraints,
  lateMembers,
  memberOrders,
  checkFirst: checkRequiredFirst,
}
