import { ApiError } from '../errors/apiError.ts'
import {
  emptySubstitutionName,
  emptySubstitutions,
  invalidPlaceholder,
  invalidSubstitution,
  placeholderTooLong,
  substitutionsTooLarge,
  undefinedName,
  undefinedValue,
  unusedSubstitutions,
} from '../errors/expressionErrors.ts'
import type { ExpressionKind, SubstitutionParameter } from '../errors/expressionErrors.ts'
import { maxPlaceholderBytes, maxSubstitutionBytes } from '../limits.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'
import { attributeValueSize } from '../values/size.ts'
import { usualValueRules } from '../values/valueRules.ts'
import type { ValueRules } from '../values/valueRules.ts'
import type { ParsedExpression, ReservedWordsMode } from './parsedExpression.ts'

/** The substitutions of a request, or of one action of a transaction. */
export interface ExpressionRequest {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined
}

/** Checked substitutions, and which of them the expressions compiled so far have used. */
export interface ExpressionContext {
  readonly names: Readonly<Record<string, string>> | undefined
  /** Canonical values. */
  readonly values: Readonly<Record<string, AttributeValue>> | undefined
  readonly reservedWords: ReservedWordsMode
  readonly usedNames: Set<string>
  readonly usedValues: Set<string>
}

const namePattern = /^#[A-Za-z0-9_]+$/
const valuePattern = /^:[A-Za-z0-9_]+$/

/**
 * Checks the substitutions of `request` and brings its values into canonical form in place: first
 * how all placeholders are spelled, then what they stand for, whether or not an expression uses it.
 * Throws ValidationException.
 */
export function createExpressionContext(
  request: ExpressionRequest,
  options: { readonly reservedWords: ReservedWordsMode },
  rules: ValueRules = usualValueRules,
): ExpressionContext {
  const names = request.ExpressionAttributeNames ?? undefined
  const values = request.ExpressionAttributeValues ?? undefined
  const namesBytes = names === undefined ? 0 : checkNames(names)
  if (namesBytes > maxSubstitutionBytes) throw substitutionsTooLarge('ExpressionAttributeNames')
  const valuesBytes = values === undefined ? 0 : checkValues(values, rules)
  if (namesBytes + valuesBytes > maxSubstitutionBytes) {
    throw substitutionsTooLarge('ExpressionAttributeValues')
  }
  return {
    names,
    values,
    reservedWords: options.reservedWords,
    usedNames: new Set(),
    usedValues: new Set(),
  }
}

/** Gives the size of the names in bytes. */
function checkNames(names: Record<string, string>): number {
  const keys = Object.keys(names)
  let sizeBytes = 0
  if (keys.length === 0) throw emptySubstitutions('ExpressionAttributeNames')
  for (const key of keys) checkPlaceholder('ExpressionAttributeNames', key, namePattern)
  for (const key of keys) {
    if (names[key] === '') throw emptySubstitutionName(key)
    sizeBytes += Buffer.byteLength(names[key] as string)
  }
  return sizeBytes
}

/** Gives the size of the values in bytes. */
function checkValues(values: Record<string, AttributeValue>, rules: ValueRules): number {
  const keys = Object.keys(values)
  let sizeBytes = 0
  if (keys.length === 0) throw emptySubstitutions('ExpressionAttributeValues')
  for (const key of keys) checkPlaceholder('ExpressionAttributeValues', key, valuePattern)
  for (const key of keys) {
    const value = values[key] as AttributeValue
    checkValue(key, value, rules)
    sizeBytes += attributeValueSize(value)
  }
  return sizeBytes
}

function checkPlaceholder(parameter: SubstitutionParameter, key: string, pattern: RegExp): void {
  if (!pattern.test(key)) throw invalidPlaceholder(parameter, key)
  if (key.length > maxPlaceholderBytes) throw placeholderTooLong(parameter, key)
}

function checkValue(key: string, value: AttributeValue, rules: ValueRules): void {
  try {
    checkAttributeValue(value, rules)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw invalidSubstitution('ExpressionAttributeValues', error, key)
  }
}

/**
 * Notes that `parsed` uses its placeholders. Throws for the first name, or else the first value,
 * that the request does not define.
 */
export function claimPlaceholders(
  kind: ExpressionKind,
  parsed: ParsedExpression<unknown>,
  context: ExpressionContext,
): void {
  for (const name of parsed.names) {
    if (context.names === undefined || !Object.hasOwn(context.names, name)) {
      throw undefinedName(kind, name)
    }
    context.usedNames.add(name)
  }
  for (const value of parsed.values) {
    if (context.values === undefined || !Object.hasOwn(context.values, value)) {
      throw undefinedValue(kind, value)
    }
    context.usedValues.add(value)
  }
}

/**
 * Throws for substitutions that no expression compiled with `context` has used. To be called when
 * all expressions of the request are compiled.
 */
export function checkAllUsed(context: ExpressionContext): void {
  checkUsed('ExpressionAttributeNames', context.names, context.usedNames)
  checkUsed('ExpressionAttributeValues', context.values, context.usedValues)
}

function checkUsed(
  parameter: SubstitutionParameter,
  given: Readonly<Record<string, unknown>> | undefined,
  used: ReadonlySet<string>,
): void {
  if (given === undefined) return
  const placeholders = Object.keys(given)
  if (placeholders.length === used.size) return
  throw unusedSubstitutions(
    parameter,
    placeholders.filter((placeholder) => !used.has(placeholder)),
  )
}
