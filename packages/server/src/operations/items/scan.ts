import { readPermissions } from '../access/readPermissions.ts'
import {
  segmentRequired,
  segmentTooLarge,
  totalSegmentsRequired,
} from '../../errors/queryErrors.ts'
import { checkExpressionParameters } from '../../expressions/checkExpressionParameters.ts'
import type { CompiledCondition } from '../../expressions/evaluateCondition.ts'
import { checkAllUsed, createExpressionContext } from '../../expressions/expressionContext.ts'
import { scanRange, type Segment } from '../../reads/queryRange.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { checkStartKeyValues, rangeOfScan } from '../../reads/exclusiveStartKey.ts'
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

export interface ScanRequest extends TargetParameters, SelectParameters, CapacityParameters {
  readonly FilterExpression?: string
  readonly ScanFilter?: FilterConditions
  readonly ConditionalOperator?: 'AND' | 'OR'
  readonly Limit?: number
  readonly Segment?: number
  readonly TotalSegments?: number
  readonly ExclusiveStartKey?: AttributeMap
}

const scanMembers = {
  expressions: ['ProjectionExpression', 'FilterExpression'],
  legacy: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
} as const

interface CompiledScan {
  readonly segment: Segment | undefined
  readonly filter: CompiledCondition | undefined
  readonly projection: Projection
}

/** Scan: a page of all items of a table or index, or of one segment of it. */
export async function scan(services: Services, request: ScanRequest): Promise<Answer> {
  const { segment, filter, projection } = compileScan(services, request)
  checkSelect(request)
  const target = findTarget(services, request, 'Scan')
  const selection = bindSelection(target, request.Select, filter, projection)
  const scanned = scanRange(target, segment)
  const range = rangeOfScan(target, scanned, segment, request.ExclusiveStartKey)
  const plan = { target, range, selection, limit: request.Limit, singleRow: false }
  return answerPage(services, plan, request)
}

/** Everything that can be checked before the table is known, in DynamoDB's order. */
function compileScan(services: Services, request: ScanRequest): CompiledScan {
  checkExpressionParameters(request, scanMembers)
  const { ScanFilter, ConditionalOperator } = request
  const legacyFilter = compileLegacyFilter(ScanFilter, ConditionalOperator)
  const segment = segmentOf(request)
  checkStartKeyValues(request.ExclusiveStartKey)
  const context = createExpressionContext(request, services)
  const filter = compileFilterExpression(request.FilterExpression, context) ?? legacyFilter
  const projection = compileSharedProjection(request, context)
  checkAllUsed(context)
  return { segment, filter, projection }
}

function segmentOf({ Segment, TotalSegments }: ScanRequest): Segment | undefined {
  if (Segment === undefined) {
    if (TotalSegments !== undefined) throw segmentRequired()
    return undefined
  }
  if (TotalSegments === undefined) throw totalSegmentsRequired()
  if (Segment >= TotalSegments) throw segmentTooLarge(Segment, TotalSegments)
  return { number: Segment, total: TotalSegments }
}

export const scanOperation: Operation<ScanRequest> = {
  name: 'Scan',
  access: 'read',
  resources: namedTarget,
  permissions: readPermissions,
  handler: scan,
}
