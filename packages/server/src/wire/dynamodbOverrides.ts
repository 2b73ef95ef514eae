import {
  maxLengthConstraint,
  minLengthConstraint,
  minValueConstraint,
} from '../errors/wireErrors.ts'
import { failureToldAlone } from './newerFailures.ts'
import { checkRequiredFirst } from './requiredFirst.ts'
import type { ModelOverrides } from './serviceDefinition.ts'
import type { AddedMembers } from './serviceModel.ts'
import { TableNames } from './tableNames.ts'

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
  ['StreamViewType', ['OLD_IMAGE', 'KEYS_ONLY', 'NEW_AND_OLD_IMAGES', 'NEW_IMAGE']],
])

/** Members that DynamoDB takes although the model does not have them (measured), by structure. */
const addedMembers: AddedMembers = new Map([
  ['CreateTableInput', { TableThroughputMode: { shape: 'BillingMode' } }],
  ['UpdateTableInput', { TableThroughputMode: { shape: 'BillingMode' } }],
])

/** Names, as `structure.member`, whose length is reported before their pattern (measured). */
const lengthBeforePattern: ReadonlySet<string> = new Set([
  'GlobalSecondaryIndex.IndexName',
  'CreateGlobalSecondaryIndexAction.IndexName',
])

/**
 * The constraints, by member as `structure.member`, whose failures are reported in the newer form,
 * without the value (behaviour digest 3.5 and 4.1).
 */
const newFormConstraints: ReadonlyMap<string, readonly string[]> = new Map([
  ['QueryInput.Limit', [minValueConstraint(1)]],
  ['KeysAndAttributes.Keys', [minLengthConstraint(1), maxLengthConstraint(100)]],
])

/**
 * Members, as `structure.member`, whose constraints the operation checks itself: a transaction
 * reports the faults of its first bad action, whatever their kind (behaviour digest 1.6, step 2);
 * table classes and tags have texts of their own (behaviour digest 5).
 */
const lateMembers: ReadonlySet<string> = new Set([
  ...['ConditionCheck', 'Put', 'Update', 'Delete'].map(
    (action) => `${action}.ReturnValuesOnConditionCheckFailure`,
  ),
  'CreateTableInput.TableClass',
  'UpdateTableInput.TableClass',
  'Tag.Key',
  'Tag.Value',
  'UntagResourceInput.TagKeys',
])

/** Required members, as `structure.member`, whose absence the operation reports itself. */
const optionalMembers: ReadonlySet<string> = new Set(['Tag.Key', 'Tag.Value'])

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
      'GlobalSecondaryIndexes',
      'LocalSecondaryIndexes',
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
      'ReturnValues',
      'TableName',
      'Item',
      'ConditionalOperator',
      'Expected',
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
  addedMembers,
  otherShapes: new Map(),
  lengthBeforePattern,
  newFormConstraints,
  lateMembers,
  optionalMembers,
  memberOrders,
  checkFirst: checkRequiredFirst,
  toldAlone: failureToldAlone,
  nameRules: (model) => new TableNames(model),
}
