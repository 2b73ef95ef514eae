import {
  mixedParameters,
  namesWithoutExpression,
  valuesWithoutExpression,
} from '../errors/expressionErrors.ts'

/** The members of an operation's input, in the order in which error texts list them. */
export interface ParameterNames {
  /** Those that carry an expression. */
  readonly expressions: readonly string[]
  /** Those that expressions replaced. */
  readonly legacy: readonly string[]
}

/**
 * Checks which of an operation's parameters come together (behaviour digest 3.5): expressions
 * exclude legacy parameters, and substitutions need an expression. A parameter that is undefined
 * or null is not there; an empty one is. A projection cannot use values, so it does not count for
 * them.
 */
export function checkExpressionParameters(request: object, parameters: ParameterNames): void {
  const members = request as Readonly<Record<string, unknown>>
  const hasExpression = hasAny(members, parameters.expressions)
  if (hasExpression && hasAny(members, parameters.legacy)) {
    throw mixedParameters(
      parameters.legacy.filter((name) => isGiven(members, name)),
      parameters.expressions.filter((name) => isGiven(members, name)),
    )
  }
  if (!hasExpression && isGiven(members, 'ExpressionAttributeNames')) {
    throw namesWithoutExpression()
  }
  if (!isGiven(members, 'ExpressionAttributeValues')) return
  const valued = parameters.expressions.filter((name) => name !== 'ProjectionExpression')
  if (!hasAny(members, valued)) throw valuesWithoutExpression(valued)
}

function hasAny(members: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  for (const name of names) if (isGiven(members, name)) return true
  return false
}

function isGiven(members: Readonly<Record<string, unknown>>, name: string): boolean {
  return members[name] !== undefined && members[name] !== null
}
