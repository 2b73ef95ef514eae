import { compileUpdate } from '../../expressions/applyUpdate.ts'
import { pathsOfCondition } from '../../expressions/conditionPaths.ts'
import { topLevelName, type DocumentPath } from '../../expressions/documentPath.ts'
import { compileCondition } from '../../expressions/evaluateCondition.ts'
import {
  createExpressionContext,
  type ExpressionContext,
} from '../../expressions/expressionContext.ts'
import type { ExpressionRequest } from '../../expressions/expressionContext.ts'
import { compileKeyClauses, readKeyClauses } from '../../expressions/keyCondition.ts'
import { compileProjection } from '../../expressions/projectItem.ts'
import { pathsOfUpdate } from '../../expressions/updatePaths.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { usualValueRules, type ValueRules } from '../../values/valueRules.ts'
import type { Services } from '../services.ts'

/** Every member of a request, or of an entry of one, that names attributes. */
export interface NamingParameters extends ExpressionRequest {
  readonly Key?: AttributeMap
  readonly Item?: AttributeMap
  readonly ProjectionExpression?: string
  readonly ConditionExpression?: string
  readonly FilterExpression?: string
  readonly UpdateExpression?: string
  readonly KeyConditionExpression?: string
  readonly AttributesToGet?: readonly string[]
  readonly AttributeUpdates?: object
  readonly Expected?: object
  readonly KeyConditions?: object
  readonly QueryFilter?: object
  readonly ScanFilter?: object
}

/**
 * The top-level attributes that a request names, each once. Where a page goes on names none. Throws
 * ValidationException for expressions that are none.
 */
export function namedAttributes(
  services: Pick<Services, 'reservedWords'>,
  request: NamingParameters,
  rules: ValueRules = usualValueRules,
): string[] {
  const names = new Set<string>(request.AttributesToGet)
  for (const byName of membersByName(request)) {
    for (const name in byName) names.add(name)
  }
  if (hasExpression(request)) {
    const context = createExpressionContext(request, services, rules)
    for (const path of pathsOf(request, context)) names.add(topLevelName(path))
  }
  return [...names]
}

/** Whether a request says which attributes it wants. */
export function hasProjection(request: NamingParameters): boolean {
  return request.ProjectionExpression !== undefined || request.AttributesToGet !== undefined
}

const membersByName = (request: NamingParameters): (object | undefined)[] => [
  request.Key,
  request.Item,
  request.AttributeUpdates,
  request.Expected,
  request.KeyConditions,
  request.QueryFilter,
  request.ScanFilter,
]

const hasExpression = (request: NamingParameters): boolean =>
  request.ProjectionExpression !== undefined ||
  request.ConditionExpression !== undefined ||
  request.FilterExpression !== undefined ||
  request.UpdateExpression !== undefined ||
  request.KeyConditionExpression !== undefined

function pathsOf(request: NamingParameters, context: ExpressionContext): DocumentPath[] {
  const { ProjectionExpression, ConditionExpression, FilterExpression } = request
  const { UpdateExpression, KeyConditionExpression } = request
  const paths: DocumentPath[] = []
  const add = (more: readonly DocumentPath[]): unknown => paths.push(...more)
  if (UpdateExpression !== undefined) add(pathsOfUpdate(compileUpdate(UpdateExpression, context)))
  if (KeyConditionExpression !== undefined) {
    const { conditions } = compileKeyClauses(readKeyClauses(KeyConditionExpression, context))
    add(conditions.map(({ name }) => [name]))
  }
  for (const [kind, text] of [
    ['ConditionExpression', ConditionExpression],
    ['FilterExpression', FilterExpression],
  ] as const) {
    if (text !== undefined) add(pathsOfCondition(compileCondition(kind, text, context)))
  }
  if (ProjectionExpression !== undefined)
    add(compileProjection(ProjectionExpression, context).paths)
  return paths
}
