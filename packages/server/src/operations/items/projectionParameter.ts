import { duplicateAttributeToGet } from '../../errors/itemErrors.ts'
import { emptyAttributeName } from '../../errors/valueErrors.ts'
import { mixedParameters } from '../../errors/expressionErrors.ts'
import { checkExpressionParameters } from '../../expressions/checkExpressionParameters.ts'
import {
  checkAllUsed,
  createExpressionContext,
  type ExpressionContext,
  type ExpressionRequest,
} from '../../expressions/expressionContext.ts'
import { compileProjection } from '../../expressions/projectItem.ts'
import { everything, type Projection } from '../../reads/projection.ts'
import type { Services } from '../services.ts'

/** The members that say which attributes of an item are returned. */
export interface ProjectionParameters extends ExpressionRequest {
  readonly ProjectionExpression?: string
  readonly AttributesToGet?: readonly string[]
}

const projectionMembers = {
  expressions: ['ProjectionExpression'],
  legacy: ['AttributesToGet'],
} as const

/** Throws when two requests of a batch have the two forms of a projection. */
export function checkUniformProjections(requests: readonly ProjectionParameters[]): void {
  const memberOf = (name: 'ProjectionExpression' | 'AttributesToGet'): string | undefined =>
    requests.some((request) => request[name] !== undefined) ? name : undefined
  const [expression, legacy] = [memberOf('ProjectionExpression'), memberOf('AttributesToGet')]
  if (expression !== undefined && legacy !== undefined) {
    throw mixedParameters([legacy], [expression])
  }
}

/** Throws when both forms of a projection are mixed, and for placeholders without an expression. */
export function checkProjectionMembers(request: ProjectionParameters): void {
  checkExpressionParameters(request, projectionMembers)
}

/**
 * The projection of a request, from its expression or its legacy member.
 * REQUIRES: {@link checkProjectionMembers}.
 */
export function compileCheckedProjection(
  services: Services,
  request: ProjectionParameters,
): Projection {
  const text = request.ProjectionExpression
  if (text !== undefined) return compileProjectionExpression(services, request, text)
  return compileAttributesToGet(request)
}

/**
 * The projection of a request with other expressions beside it, which share its placeholders. That
 * both forms are not mixed has been checked.
 */
export function compileSharedProjection(
  request: ProjectionParameters,
  context: ExpressionContext,
): Projection {
  const text = request.ProjectionExpression
  if (text === undefined) return compileAttributesToGet(request)
  return { kind: 'paths', paths: compileProjection(text, context) }
}

function compileAttributesToGet({ AttributesToGet: names }: ProjectionParameters): Projection {
  if (names === undefined) return everything
  if (names.includes('')) throw emptyAttributeName()
  checkDistinct(names)
  return { kind: 'names', names }
}

/** The projection of one expression that has the placeholders of `request` for itself. */
export function compileProjectionExpression(
  services: Services,
  request: ExpressionRequest,
  text: string | undefined,
): Projection {
  if (text === undefined) return everything
  const context = createExpressionContext(request, services)
  const paths = compileProjection(text, context)
  checkAllUsed(context)
  return { kind: 'paths', paths }
}

function checkDistinct(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw duplicateAttributeToGet(name)
    seen.add(name)
  }
}
