import { invalidParameterValues, parameterFault, validationException } from './apiError.ts'
import type { ApiError } from './apiError.ts'

/*
 * The texts of expressions (behaviour digest 3.5). Those about one expression begin with
 * `Invalid <parameter>: `.
 */

/**
 * The request parameters that carry an expression, as error texts spell them, and statements, whose
 * texts name no parameter.
 */
export type ExpressionKind =
  | 'Statement'
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'SearchConditionExpression'
  | 'UpdateExpression'

/** The clauses of an update expression. */
export type UpdateClause = 'SET' | 'REMOVE' | 'ADD' | 'DELETE'

/** The parameters that carry substitutions. */
export type SubstitutionParameter = 'ExpressionAttributeNames' | 'ExpressionAttributeValues'

function invalidExpression(kind: ExpressionKind, detail: string): ApiError {
  if (kind === 'Statement') return validationException(detail)
  return parameterFault(`Invalid ${kind}: ${detail}`)
}

export function emptyExpression(kind: ExpressionKind): ApiError {
  return invalidExpression(kind, 'The expression can not be empty;')
}

export function expressionTooLong(kind: ExpressionKind, sizeBytes: number): ApiError {
  return invalidExpression(
    kind,
    `Expression size has exceeded the maximum allowed size; expression size: ${sizeBytes}`,
  )
}

/** `near` is the token with its neighbours, as they stand in the text. */
export function syntaxError(kind: ExpressionKind, token: string, near: string): ApiError {
  return invalidExpression(kind, `Syntax error; token: "${token}", near: "${near}"`)
}

export function redundantParentheses(kind: ExpressionKind): ApiError {
  return invalidExpression(kind, 'The expression has redundant parentheses;')
}

export function tooManyOperators(kind: ExpressionKind, count: number): ApiError {
  return invalidExpression(
    kind,
    `The expression contains too many operators; operator count: ${count}`,
  )
}

export function unknownFunction(kind: ExpressionKind, name: string): ApiError {
  return invalidExpression(kind, `Invalid function name; function: ${name}`)
}

const expressionNames: Record<ExpressionKind, string> = {
  Statement: 'a statement',
  ConditionExpression: 'a condition',
  FilterExpression: 'a filter',
  KeyConditionExpression: 'a key condition',
  SearchConditionExpression: 'a search condition',
  ProjectionExpression: 'a projection',
  UpdateExpression: 'an update',
}

/** A function that exists, in an expression of another kind. */
export function functionOfOtherKind(kind: ExpressionKind, name: string): ApiError {
  return invalidExpression(
    kind,
    `The function is not allowed in ${expressionNames[kind]} expression; function: ${name}`,
  )
}

export function misusedFunction(kind: ExpressionKind, name: string): ApiError {
  return invalidExpression(
    kind,
    `The function is not allowed to be used this way in an expression; function: ${name}`,
  )
}

export function reservedKeyword(kind: ExpressionKind, word: string): ApiError {
  return invalidExpression(kind, `Attribute name is a reserved keyword; reserved keyword: ${word}`)
}

export function pathTooDeep(kind: ExpressionKind, levels: number): ApiError {
  return invalidExpression(
    kind,
    `The document path has too many nesting levels; nesting levels: ${levels}`,
  )
}

export function listIndexOutOfRange(kind: ExpressionKind, index: string): ApiError {
  return invalidExpression(kind, `List index is not within the allowable range; index: [${index}]`)
}

export function repeatedClause(kind: ExpressionKind, clause: UpdateClause): ApiError {
  return invalidExpression(
    kind,
    `The "${clause}" section can only be used once in an update expression;`,
  )
}

export function undefinedName(kind: ExpressionKind, placeholder: string): ApiError {
  return invalidExpression(
    kind,
    'An expression attribute name used in the document path is not defined; ' +
      `attribute name: ${placeholder}`,
  )
}

export function undefinedValue(kind: ExpressionKind, placeholder: string): ApiError {
  return invalidExpression(
    kind,
    'An expression attribute value used in expression is not defined; ' +
      `attribute value: ${placeholder}`,
  )
}

export function wrongOperandCount(kind: ExpressionKind, operator: string, count: number): ApiError {
  return invalidExpression(
    kind,
    'Incorrect number of operands for operator or function; ' +
      `operator or function: ${operator}, number of operands: ${count}`,
  )
}

export function documentPathRequired(kind: ExpressionKind, operator: string): ApiError {
  return invalidExpression(
    kind,
    `Operator or function requires a document path; operator or function: ${operator}`,
  )
}

export function wrongOperandType(kind: ExpressionKind, operator: string, type: string): ApiError {
  return invalidExpression(
    kind,
    'Incorrect operand type for operator or function; ' +
      `operator or function: ${operator}, operand type: ${type}`,
  )
}

/** The form of {@link wrongOperandType} for the ADD and DELETE clauses; `type` in words. */
export function wrongClauseOperandType(clause: UpdateClause, type: string): ApiError {
  return invalidExpression(
    'UpdateExpression',
    'Incorrect operand type for operator or function; ' +
      `operator: ${clause}, operand type: ${type}`,
  )
}

export function unknownAttributeType(kind: ExpressionKind, type: string): ApiError {
  return invalidExpression(
    kind,
    `Invalid attribute type name found; type: ${type}, ` +
      'valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
  )
}

/** `path` is written as formatPath gives it. */
export function operandsNotDistinct(
  kind: ExpressionKind,
  operator: string,
  path: string,
): ApiError {
  return invalidExpression(
    kind,
    'The first operand must be distinct from the remaining operands for this operator or ' +
      `function; operator: ${operator}, first operand: ${path}`,
  )
}

function formatBounds(lower: string, upper: string): string {
  return (
    `lower bound operand: AttributeValue: ${lower}, ` +
    `upper bound operand: AttributeValue: ${upper}`
  )
}

/** The bounds are written as `{N:1}`. */
export function boundsOfDifferentTypes(
  kind: ExpressionKind,
  lower: string,
  upper: string,
): ApiError {
  return invalidExpression(
    kind,
    'The BETWEEN operator requires same data type for lower and upper bounds; ' +
      formatBounds(lower, upper),
  )
}

/** The bounds are written as `{N:1}`. */
export function boundsOutOfOrder(kind: ExpressionKind, lower: string, upper: string): ApiError {
  return invalidExpression(
    kind,
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ' +
      formatBounds(lower, upper),
  )
}

/** One path is the other or an ancestor of it. */
export function overlappingPaths(kind: ExpressionKind, one: string, two: string): ApiError {
  return invalidExpression(
    kind,
    'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
      `path one: ${one}, path two: ${two}`,
  )
}

/** One path treats as a map what the other treats as a list. */
export function conflictingPaths(kind: ExpressionKind, one: string, two: string): ApiError {
  return invalidExpression(
    kind,
    'Two document paths conflict with each other; must remove or rewrite one of these paths; ' +
      `path one: ${one}, path two: ${two}`,
  )
}

export function unusedSubstitutions(
  parameter: SubstitutionParameter,
  placeholders: readonly string[],
): ApiError {
  return parameterFault(
    `Value provided in ${parameter} unused in expressions: keys: {${placeholders.join(', ')}}`,
  )
}

export function emptySubstitutions(parameter: SubstitutionParameter): ApiError {
  return parameterFault(`${parameter} must not be empty`)
}

export function invalidPlaceholder(parameter: SubstitutionParameter, key: string): ApiError {
  return validationException(`${parameter} contains invalid key: Syntax error; key: "${key}"`)
}

/**
 * A placeholder of more than 255 bytes. The source has the limit, but no text: this one is ours.
 */
export function placeholderTooLong(parameter: SubstitutionParameter, key: string): ApiError {
  return validationException(
    `${parameter} contains invalid key: The key has exceeded the maximum allowed size; ` +
      `key: "${key}"`,
  )
}

/** `reason` is the error that the name or value alone has. */
export function invalidSubstitution(
  parameter: SubstitutionParameter,
  reason: ApiError,
  key: string,
): ApiError {
  const { newer } = reason
  const message = substitutionText(parameter, reason.message, key)
  if (newer?.family === 'parameter') return parameterFault(message)
  return validationException(message, newer)
}

function substitutionText(parameter: SubstitutionParameter, reason: string, key: string): string {
  return `${parameter} contains invalid value: ${reason} for key ${key}`
}

/** Names, or names and values, of more than 2 MB together. */
export function substitutionsTooLarge(parameter: SubstitutionParameter): ApiError {
  return validationException(`${parameter} exceeds max size`)
}

/** An empty attribute name behind a placeholder. */
export function emptySubstitutionName(key: string): ApiError {
  return validationException(
    substitutionText('ExpressionAttributeNames', 'Empty attribute name', key),
  )
}

export function namesWithoutExpression(): ApiError {
  return parameterFault('ExpressionAttributeNames can only be specified when using expressions')
}

/**
 * `expressions` are the parameters of the operation that could have used values; the newer layer
 * does not name them.
 */
export function valuesWithoutExpression(expressions: readonly string[]): ApiError {
  const text = 'ExpressionAttributeValues can only be specified when using expressions'
  if (expressions.length === 0) return parameterFault(text)
  const verb = expressions.length === 1 ? 'is' : 'are'
  return validationException(`${text}: ${expressions.join(' and ')} ${verb} null`, {
    family: 'parameter',
    text,
  })
}

export function mixedParameters(
  legacy: readonly string[],
  expressions: readonly string[],
): ApiError {
  return parameterFault(
    'Can not use both expression and non-expression parameters in the same request: ' +
      `Non-expression parameters: {${legacy.join(', ')}} ` +
      `Expression parameters: {${expressions.join(', ')}}`,
  )
}

/** An update reaches through a document path that the item does not have. */
export function invalidUpdatePath(): ApiError {
  return validationException(
    'The document path provided in the update expression is invalid for update',
  )
}

export function missingOperandAttribute(): ApiError {
  return validationException(
    'The provided expression refers to an attribute that does not exist in the item',
  )
}

export function wrongStoredOperandType(): ApiError {
  return validationException('An operand in the update expression has an incorrect data type')
}

export function operatorNotForKeys(operator: string): ApiError {
  return invalidExpression(
    'KeyConditionExpression',
    `Invalid operator used in KeyConditionExpression: ${operator}`,
  )
}

/** Two conditions of a key condition are about the same attribute. */
export function severalConditionsOfKey(): ApiError {
  return unfitKeyCondition('must only contain one condition per key')
}

/** An operand of a key condition is a function of an attribute. */
export function nestedKeyOperand(): ApiError {
  return unfitKeyCondition('cannot contain nested operations')
}

/** A key condition is on a document path into an attribute. */
export function nestedKeyAttribute(): ApiError {
  return unfitKeyCondition('cannot have conditions on nested attributes')
}

function unfitKeyCondition(fault: string): ApiError {
  return invalidExpression('KeyConditionExpression', `KeyConditionExpressions ${fault}`)
}

export function severalNamesInKeyCondition(): ApiError {
  return misplacedKey('Multiple attribute names used in one condition')
}

export function noNameInKeyCondition(): ApiError {
  return misplacedKey('No key attribute specified')
}

export function keyNotFirstOperand(operator: string): ApiError {
  return misplacedKey(`${operator} operator must have the key attribute as its first operand`)
}

function misplacedKey(fault: string): ApiError {
  return invalidExpression(
    'KeyConditionExpression',
    `Invalid condition in KeyConditionExpression: ${fault}`,
  )
}

export function keyConditionRequired(): ApiError {
  return validationException(
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in ' +
      'the request.',
  )
}

export function missedKeyElement(name: string): ApiError {
  return validationException(`Query condition missed key schema element: ${name}`)
}

export function keyConditionNotSupported(): ApiError {
  return validationException('Query key condition not supported')
}

/**
 * Sort keys that an index has before `last`, which has a condition, have none or one that is not of
 * equality.
 */
export function sortKeyWithoutEquality(names: readonly string[], last: string): ApiError {
  return validationException(
    `RANGE key attributes ${names.join(', ')} must have equality conditions specified in the ` +
      `query because a condition is present on key attribute ${last}`,
  )
}

export function tooManyKeyConditions(): ApiError {
  return validationException('Conditions can be of length 1 or 2 only')
}

export function keyConditionTypeMismatch(): ApiError {
  return invalidParameterValues('Condition parameter type does not match schema type')
}

/** A filter of Query names a key attribute. */
export function filterOnKey(name: string): ApiError {
  return validationException(
    'Filter Expression can only contain non-primary key attributes: ' +
      `Primary key attribute: ${name}`,
  )
}

/** A path reaches into a key attribute of the table or, with `of` IndexKey, of an index. */
export function pathIntoKey(name: string, of: 'Key' | 'IndexKey'): ApiError {
  return validationException(
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
      `${of}: ${name}`,
  )
}
