import type { BatchGetItem, BatchWriteItem } from './batches.ts'
import type { CapacityMode } from './capacity.ts'
import type { Condition } from './conditions.ts'
import type { Path } from './documentPaths.ts'
import { ExpressionPrinter } from './expressionText.ts'
import type { IndexChange } from './indexChanges.ts'
import type { Operation, Reopen } from './operations.ts'
import type { KeyCondition, Query, Scan } from './queries.ts'
import type { SearchVectors } from './searches.ts'
import type { Select } from './selects.ts'
import type { ExecuteTransaction, ItemStatement } from './statements.ts'
import { itemStatementText, selectText } from './statementText.ts'
import type { IndexDefinition, KeyAttribute, TableDefinition } from './tables.ts'
import type { TransactGetItems, TransactWriteItems } from './transactions.ts'
import { searchKeysOf, vectorIndexesOf, type VectorIndexDefinition } from './vectorIndexes.ts'
import type { Action, SingleWrite } from './writes.ts'
import { unreachable } from './unreachable.ts'

/** A request as a client would send it. */
export interface Request {
  readonly name: string
  readonly body: object
}

/** What an operation of the model is as a request. Of what is read in pages it is the first. */
export function requestOf(operation: Exclude<Operation, Reopen>): Request {
  switch (operation.kind) {
    case 'SingleWrite':
      return singleWriteRequest(operation)
    case 'Faulty': {
      const { name, body } = requestOf(operation.operation)
      return { name, body: operation.fault.spoil(body as Record<string, unknown>) }
    }
    case 'GetItem': {
      const { table, key, projection, consistent, capacity } = operation
      const body = { TableName: table, Key: key, ...projectionMembers(projection) }
      return { name: 'GetItem', body: { ...body, ...readMembers(consistent, capacity) } }
    }
    case 'TransactWriteItems':
      return { name: 'TransactWriteItems', body: transactWriteBody(operation) }
    case 'TransactGetItems':
      return { name: 'TransactGetItems', body: transactGetBody(operation) }
    case 'BatchGetItem':
      return { name: 'BatchGetItem', body: batchGetBody(operation) }
    case 'BatchWriteItem':
      return { name: 'BatchWriteItem', body: batchWriteBody(operation) }
    case 'UpdateTimeToLive': {
      const { table, attribute, enabled } = operation
      const TimeToLiveSpecification = { AttributeName: attribute, Enabled: enabled }
      return { name: 'UpdateTimeToLive', body: { TableName: table, TimeToLiveSpecification } }
    }
    case 'DescribeTimeToLive':
      return { name: 'DescribeTimeToLive', body: { TableName: operation.table } }
    case 'SearchVectors':
      return { name: 'SearchVectors', body: searchBody(operation) }
    case 'CreateIndex':
    case 'DeleteIndex':
      return { name: 'UpdateTable', body: updateTableBody(operation) }
    case 'Query':
    case 'Scan':
      return { name: operation.kind, body: readingBody(operation) }
    case 'Select':
      return { name: 'ExecuteStatement', body: selectBody(operation) }
    case 'ExecuteStatement': {
      const { statement, capacity } = operation
      const body = { ...statementMembers(statement), ...capacityMember(capacity) }
      return { name: 'ExecuteStatement', body }
    }
    case 'BatchExecuteStatement': {
      const Statements = operation.statements.map(statementMembers)
      const body = { Statements, ...capacityMember(operation.capacity) }
      return { name: 'BatchExecuteStatement', body }
    }
    case 'ExecuteTransaction':
      return { name: 'ExecuteTransaction', body: executeTransactionBody(operation) }
    default:
      return unreachable(operation)
  }
}

function searchBody(search: SearchVectors): object {
  const { table, index, vector, topK, conditions, projection, capacity } = search
  const printer = new ExpressionPrinter()
  return {
    TableName: table,
    IndexName: index,
    SearchVector: vector,
    TopK: topK,
    ...(conditions !== undefined && {
      SearchConditionExpression: conditions
        .map(({ name, value }) => `${printer.path([name])} = ${printer.value(value)}`)
        .join(' AND '),
    }),
    ...(projection !== undefined && { ProjectionExpression: printer.projection(projection) }),
    ...printer.placeholders(),
    ...capacityMember(capacity),
  }
}

export const capacityMember = (mode: CapacityMode): object =>
  mode === 'NONE' ? {} : { ReturnConsumedCapacity: mode }

const readMembers = (consistent: boolean, capacity: CapacityMode): object => ({
  ...(consistent && { ConsistentRead: true }),
  ...capacityMember(capacity),
})

function projectionMembers(projection: readonly Path[] | undefined): object {
  if (projection === undefined) return {}
  const printer = new ExpressionPrinter()
  const ProjectionExpression = printer.projection(projection)
  return { ProjectionExpression, ...printer.placeholders() }
}

function singleWriteRequest(write: SingleWrite): Request {
  const { action, returnValues, capacity, metrics } = write
  const body = {
    ...actionBody(action),
    ...(returnValues !== 'NONE' && { ReturnValues: returnValues }),
    ...capacityMember(capacity),
    ...(metrics && { ReturnItemCollectionMetrics: 'SIZE' }),
  }
  return { name: `${action.kind}Item`, body }
}

/** What an action has in single writes and transactions alike. */
function actionBody(action: Action): object {
  const { table: TableName, condition, showOld } = action
  const printer = new ExpressionPrinter()
  return {
    TableName,
    ...(action.kind === 'Put' ? { Item: action.item } : { Key: action.key }),
    ...(action.kind === 'Update' &&
      action.update.length > 0 && { UpdateExpression: printer.update(action.update) }),
    ...conditionMember(condition, printer),
    ...printer.placeholders(),
    ...(showOld && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  }
}

const conditionMember = (condition: Condition | undefined, printer: ExpressionPrinter): object =>
  condition === undefined ? {} : { ConditionExpression: printer.condition(condition) }

function transactWriteBody({ actions, token, capacity }: TransactWriteItems): object {
  return {
    TransactItems: actions.map((action) => ({ [action.kind]: actionBody(action) })),
    ...(token !== undefined && { ClientRequestToken: token }),
    ...capacityMember(capacity),
  }
}

function transactGetBody({ gets, capacity }: TransactGetItems): object {
  const TransactItems = gets.map(({ table, key, projection }) => ({
    Get: { TableName: table, Key: key, ...projectionMembers(projection) },
  }))
  return { TransactItems, ...capacityMember(capacity) }
}

function batchGetBody({ reads, capacity }: BatchGetItem): object {
  const entries = reads.map(({ table, keys, projection, consistent }) => [
    table,
    { Keys: keys, ...projectionMembers(projection), ...(consistent && { ConsistentRead: true }) },
  ])
  return { RequestItems: Object.fromEntries(entries) as object, ...capacityMember(capacity) }
}

function batchWriteBody({ writes, capacity }: BatchWriteItem): object {
  const entries = writes.map(({ table, requests }) => [
    table,
    requests.map((request) =>
      request.kind === 'Put'
        ? { PutRequest: { Item: request.item } }
        : { DeleteRequest: { Key: request.key } },
    ),
  ])
  return { RequestItems: Object.fromEntries(entries) as object, ...capacityMember(capacity) }
}

function selectBody({ statement, limit, consistent, capacity }: Select): object {
  return {
    ...selectText(statement),
    ...(limit !== undefined && { Limit: limit }),
    ...readMembers(consistent, capacity),
  }
}

/** A statement with what stands beside it in single requests and in batches. */
export function statementMembers(statement: ItemStatement): object {
  return {
    ...itemStatementText(statement),
    ...(statement.kind === 'Select' && statement.consistent && { ConsistentRead: true }),
    ...shownOnFailure(statement),
  }
}

const shownOnFailure = ({ showOld }: ItemStatement): object =>
  showOld ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}

function executeTransactionBody({ statements, token, capacity }: ExecuteTransaction): object {
  const TransactStatements = statements.map((each) => {
    return { ...itemStatementText(each), ...shownOnFailure(each) }
  })
  return {
    TransactStatements,
    ...(token !== undefined && { ClientRequestToken: token }),
    ...capacityMember(capacity),
  }
}

function readingBody(request: Query | Scan): object {
  const { table, index, filter, projection, select, limit, consistent, capacity } = request
  const printer = new ExpressionPrinter()
  return {
    TableName: table,
    ...(index !== undefined && { IndexName: index }),
    ...(request.kind === 'Query' && queryMembers(request, printer)),
    ...(filter !== undefined && { FilterExpression: printer.condition(filter) }),
    ...(projection !== undefined && { ProjectionExpression: printer.projection(projection) }),
    ...printer.placeholders(),
    ...(select !== undefined && { Select: select }),
    ...(limit !== undefined && { Limit: limit }),
    ...readMembers(consistent, capacity),
  }
}

function queryMembers(query: Query, printer: ExpressionPrinter): object {
  const conditions = query.conditions.map((condition) => keyConditionText(condition, printer))
  return {
    KeyConditionExpression: conditions.join(' AND '),
    ...(!query.forward && { ScanIndexForward: false }),
    ...(query.startAfter !== undefined && { ExclusiveStartKey: query.startAfter }),
  }
}

function keyConditionText(condition: KeyCondition, printer: ExpressionPrinter): string {
  const { name, operator } = condition
  const path = printer.path([name])
  const values = condition.values.map((value) => printer.value(value))
  if (operator === 'begins_with') return `begins_with(${path}, ${values[0]})`
  if (operator === 'BETWEEN') return `${path} BETWEEN ${values[0]} AND ${values[1]}`
  return `${path} ${operator} ${values[0]}`
}

/** The CreateTable request of a table, on demand. */
export function createTableBody(definition: TableDefinition): object {
  const { name, partitionKey, sortKey, indexes } = definition
  const attributes = [
    ...tableKeys(definition),
    ...indexes.flatMap((index) => [...index.partitionKeys, ...index.sortKeys]),
    ...vectorIndexesOf(definition).flatMap(searchKeysOf),
  ]
  const indexesOf = (kind: IndexDefinition['kind']): object[] =>
    indexes.filter((index) => index.kind === kind).map(indexBody)
  const [locals, globals] = [indexesOf('local'), indexesOf('global')]
  const vectors = vectorIndexesOf(definition).map(vectorIndexBody)
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributeDefinitions(attributes),
    KeySchema: keySchema([partitionKey], sortKey === undefined ? [] : [sortKey]),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    ...(vectors.length > 0 && { VectorIndexes: vectors }),
  }
}

function updateTableBody({ kind, table, index }: IndexChange): object {
  const change =
    kind === 'CreateIndex' ? { Create: indexBody(index) } : { Delete: { IndexName: index.name } }
  const keys = [...index.partitionKeys, ...index.sortKeys]
  return {
    TableName: table,
    ...(kind === 'CreateIndex' && { AttributeDefinitions: attributeDefinitions(keys) }),
    GlobalSecondaryIndexUpdates: [change],
  }
}

/** Each attribute once. */
function attributeDefinitions(attributes: readonly KeyAttribute[]): object[] {
  const types = new Map(attributes.map(({ name, type }) => [name, type]))
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
}

const tableKeys = ({ partitionKey, sortKey }: TableDefinition): KeyAttribute[] =>
  sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]

function indexBody({ name, partitionKeys, sortKeys, projection }: IndexDefinition): object {
  const KeySchema = keySchema(partitionKeys, sortKeys)
  return { IndexName: name, KeySchema, Projection: projectionBody(projection) }
}

const projectionBody = (projection: IndexDefinition['projection']): object =>
  typeof projection === 'string'
    ? { ProjectionType: projection }
    : { ProjectionType: 'INCLUDE', NonKeyAttributes: projection }

function vectorIndexBody(index: VectorIndexDefinition): object {
  const { name, attribute, dimensions, distance, partitionKey, projection } = index
  const schema = searchKeysOf(index).map((key) => ({
    AttributeName: key.name,
    SearchSchemaElementType: key === partitionKey ? 'HASH' : 'INLINE_FILTER',
  }))
  return {
    IndexName: name,
    VectorAttribute: { AttributeName: attribute },
    Dimensions: dimensions,
    DistanceFunction: distance,
    ...(schema.length > 0 && { SearchSchema: schema }),
    Projection: projectionBody(projection),
  }
}

function keySchema(hash: readonly KeyAttribute[], range: readonly KeyAttribute[]): object[] {
  return [
    ...hash.map(({ name }) => ({ AttributeName: name, KeyType: 'HASH' })),
    ...range.map(({ name }) => ({ AttributeName: name, KeyType: 'RANGE' })),
  ]
}
