import { readPermissions } from '../access/readPermissions.ts'
import {
  emptyExpression,
  keyConditionRequired,
  tooManyKeyConditions,
} from '../../errors/expressionErrors.ts'
import { queryFilterOnKey } from '../../errors/queryErrors.ts'
import { bindKeyCondition, type BoundKeyCondition } from '../../expressions/bindKeyCondition.ts'
import { checkExpressionParameters } from '../../expressions/checkExpressionParameters.ts'
import { checkFilterAvoidsKeys } from '../../expressions/conditionPaths.ts'
import type { CompiledCondition } from '../../expressions/evaluateCondition.ts'
import {
  checkAllUsed,
  createExpressionContext,
  type ExpressionContext,
} from '../../expressions/expressionContext.ts'
import {
  compileKeyClauses,
  readKeyClauses,
  type CompiledKeyCondition,
} from '../../expressions/keyCondition.ts'
import { compileKeyConditions } from '../../expressions/legacyKeyConditions.ts'
import { queryRange } from '../../reads/queryRange.ts'
import { keySchemaOf, type ReadTarget } from '../../reads/readTarget.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { checkStartKeyValues, rangeOfQuery } from '../../reads/exclusiveStartKey.ts'
import {
  compileFilterExpression,
  compileLegacyFilter,
  type FilterConditions,
} from './filterParameter.ts'
import { findTarget, type TargetParameters } from './findTarget.ts'
import { compileSharedProjection } from './projectionParameter.ts'
import { namedTarget } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import { answerPage, type CapacityParameters } from './pageAnswer.ts'
import type { Projection } from '../../reads/projection.ts'
import { bindSelection, checkSelect, type SelectParameters } from './selectParameter.ts'
import type { Services } from '../services.ts'

export interface QueryRequest extends TargetParameters, SelectParameters, CapacityParameters {
  readonly KeyConditionExpression?: string
  readonly KeyConditions?: FilterConditions
  readonly FilterExpression?: string
  readonly QueryFilter?: FilterConditions
  readonly ConditionalOperator?: 'AND' | 'OR'
  readonly Limit?: number
  readonly ScanIndexForward?: boolean
  readonly ExclusiveStartKey?: AttributeMap
}

const expressions = ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression']
const legacyBesideConditions = ['AttributesToGet', 'QueryFilter', 'ConditionalOperator']
const legacy = [...legacyBesideConditions, 'KeyConditions']

interface CompiledQuery {
  readonly keyCondition: CompiledKeyCondition
  readonly filter: CompiledCondition | undefined
  readonly projection: Projection
}

/** Query: a page of the items of one partition key, in the order of their sort keys. */
export async function query(services: Services, request: QueryRequest): Promise<Answer> {
  const { keyCondition, filter, projection } = compileQuery(services, request)
  checkSelect(request)
  const target = findTarget(services, request, 'Query')
  const selection = bindSelection(target, request.Select, filter, projection)
  const condition = bindKeyCondition(keyCondition, keySchemaOf(target))
  checkFilterKeys(target, request, filter)
  const singleRow = findsSingleRow(target, condition)
  const reverse = request.ScanIndexForward === false
  const queried = { target, range: queryRange(target, condition), reverse, singleRow }
  const range = rangeOfQuery(queried, request.ExclusiveStartKey)
  const plan = { target, range, selection, limit: request.Limit, singleRow }
  return answerPage(services, plan, request)
}

/** Everything that can be checked before the table is known, in DynamoDB's order. */
function compileQuery(services: Services, request: QueryRequest): CompiledQuery {
  // Expressions are older than KeyConditionExpression, so KeyConditions goes with the others.
  const isByExpression = request.KeyConditionExpression !== undefined
  const excluded = isByExpression ? legacy : legacyBesideConditions
  checkExpressionParameters(request, { expressions, legacy: excluded })
  const legacyFilter = compileLegacyFilter(request.QueryFilter, request.ConditionalOperator)
  checkStartKeyValues(request.ExclusiveStartKey)
  const context = createExpressionContext(request, services)
  const keyCondition = compileKeys(request, context)
  const filter = compileFilterExpression(request.FilterExpression, context) ?? legacyFilter
  const projection = compileSharedProjection(request, context)
  checkAllUsed(context)
  if (keyCondition === undefined) throw keyConditionRequired()
  const { conditions, isIndexable } = keyCondition
  if (conditions.length === 0 && isIndexable) throw tooManyKeyConditions()
  return { keyCondition, filter, projection }
}

function compileKeys(
  request: QueryRequest,
  context: ExpressionContext,
): CompiledKeyCondition | undefined {
  const { KeyConditionExpression, KeyConditions } = request
  if (KeyConditionExpression !== undefined) {
    const clauses = readKeyClauses(KeyConditionExpression, context)
    // What no key condition can ask is a fault after other expressions that are empty.
    if (request.FilterExpression === '') throw emptyExpression('FilterExpression')
    if (request.ProjectionExpression === '') throw emptyExpression('ProjectionExpression')
    return compileKeyClauses(clauses)
  }
  return KeyConditions === undefined ? undefined : compileKeyConditions(KeyConditions)
}

/** A filter of Query is about attributes that the query does not read by. */
function checkFilterKeys(
  target: ReadTarget,
  { QueryFilter }: QueryRequest,
  filter: CompiledCondition | undefined,
): void {
  if (filter === undefined) return
  const { partitionKeys, sortKeys } = keySchemaOf(target)
  const keyNames = [...partitionKeys, ...sortKeys].map(({ name }) => name)
  if (QueryFilter === undefined) {
    checkFilterAvoidsKeys(filter, keyNames)
    return
  }
  for (const name of keyNames) if (Object.hasOwn(QueryFilter, name)) throw queryFilterOnKey(name)
}

function findsSingleRow({ table, index }: ReadTarget, condition: BoundKeyCondition): boolean {
  if (index !== undefined) return false
  return table.primaryKey.sortKey === undefined || condition.sortKey?.operator === '='
}

export const queryOperation: Operation<QueryRequest> = {
  name: 'Query',
  access: 'read',
  resources: namedTarget,
  permissions: readPermissions,
  handler: query,
}
