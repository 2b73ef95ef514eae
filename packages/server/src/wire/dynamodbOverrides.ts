import {
  maxLengthConstraint,
  minLengthConstraint,
  minValueConstraint,
  patternConstraint,
} from '../errors/wireErrors.ts'
import { failureToldAlone } from './newerFailures.ts'
import { checkRequiredFirst } from './requiredFirst.ts'
import type { ModelOverrides } from './serviceDefinition.ts'
import type { StrictMembers } from './strictRequest.ts'
import type { AddedMembers, OtherShapes } from './serviceModel.ts'
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

/**
 * Members that DynamoDB takes although the model does not have them, or takes in another form
 * (measured), by structure.
 */
const addedMembers: AddedMembers = new Map([
  ['CreateTableInput', { TableThroughputMode: { shape: 'BillingMode' } }],
  ['UpdateTableInput', { TableThroughputMode: { shape: 'BillingMode' } }],
  ['VectorIndex', { Dimensions: { shape: 'VectorDimensions' } }],
  ['CreateVectorIndexAction', { Dimensions: { shape: 'VectorDimensions' } }],
])

/** A fraction of a dimension is cut off, not refused (measured). */
const otherShapes: OtherShapes = new Map([['VectorDimensions', { type: 'double', min: 1 }]])

/** Names, as `structure.member`, whose length is reported before their pattern (measured). */
const lengthBeforePattern: ReadonlySet<string> = new Set([
  'GlobalSecondaryIndex.IndexName',
  'CreateGlobalSecondaryIndexAction.IndexName',
])

const nameConstraints = [
  minLengthConstraint(1),
  minLengthConstraint(3),
  maxLengthConstraint(255),
  maxLengthConstraint(1024),
  patternConstraint('[a-zA-Z0-9_.-]+'),
]

/**
 * The constraints, by member as `structure.member`, whose failures are reported in the newer form,
 * without the value (behaviour digest 3.5 and 4.1).
 */
const newFormConstraints: ReadonlyMap<string, readonly string[]> = new Map<
  string,
  readonly string[]
>([
  ['QueryInput.Limit', [minValueConstraint(1)]],
  ['KeysAndAttributes.Keys', [minLengthConstraint(1), maxLengthConstraint(100)]],
  ['SearchVectorsInput.TableName', nameConstraints],
  ['SearchVectorsInput.IndexName', nameConstraints],
  ['SearchVectorsInput.SearchVector', [minLengthConstraint(1), maxLengthConstraint(4096)]],
  ['SearchVectorsInput.TopK', [minValueConstraint(1)]],
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
    SearchVectorsInput: ['TableName', 'IndexName', 'SearchVector', 'TopK'],
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

/**
 * SearchVectors is answered by a service that reads JSON in a stricter way, and in its own words.
 */
const strictMembers: StrictMembers = new Map([
  [
    'SearchVectors',
    {
      TableName: { kind: 'string', isRequired: true },
      IndexName: { kind: 'string', isRequired: true },
      SearchVector: { kind: 'sequence', isRequired: true },
      TopK: { kind: 'i32', isRequired: true },
      ReturnConsumedCapacity: { kind: 'string', isRequired: false },
      ProjectionExpression: { kind: 'string', isRequired: false },
      SearchConditionExpression: { kind: 'string', isRequired: false },
      ExpressionAttributeNames: { kind: 'map', isRequired: false },
      ExpressionAttributeValues: { kind: 'map', isRequired: false },
    },
  ],
])

export const dynamodbOverrides: ModelOverrides = {
  enumOrders,
  addedMembers,
  otherShapes,
  lengthBeforePattern,
  newFormConstraints,
  lateMembers,
  optionalMembers,
  memberOrders,
  strictMembers,
  checkFirst: checkRequiredFirst,
  toldAlone: failureToldAlone,
  nameRules: (model) => new TableNames(model),
}
