import { Arn, compileArnPattern, compilePattern } from './arnPattern.ts'
import type { ConditionKeys, ConditionValue } from './accessQuestion.ts'
import type { Order } from './conditionOperators.ts'
import {
  addressBlock,
  binaryValue,
  boolValue,
  dateValue,
  isInBlock,
  numberValue,
} from './conditionValues.ts'
import type { Condition, Effect, PolicyVersion } from './policyDocument.ts'
import { compileText, knowsVariables, textParts, type TextTest } from './policyText.ts'
import { invariant, InvariantViolation } from '../../invariant.ts'

/** A condition that can be held to requests. */
export interface CompiledCondition {
  readonly condition: Condition
  holds(keys: ConditionKeys): boolean
}

/** REQUIRES: `condition` was parsed. */
export function compileCondition(
  condition: Condition,
  effect: Effect,
  version: PolicyVersion,
): CompiledCondition {
  const key = condition.key.toLowerCase()
  if (condition.operator.comparison === 'absence') {
    const absences = condition.values.map((value) => boolValue(value) === true)
    return { condition, holds: (keys) => absences.includes(keys.valueOf(key) === undefined) }
  }
  const tests = condition.values.map((value) => compileValue(value, condition, version))
  const costOf = costsOf(condition)
  return {
    condition,
    holds(keys) {
      const value = keys.valueOf(key)
      // Whoever asks for more than the server can do for one request is refused.
      if (value !== undefined && !takeWork(keys, costOf(value))) return effect === 'Deny'
      return holdsFor(value, tests, { condition, effect, keys })
    },
  }
}

/** What the comparison of a short text costs, in units; and to make a pattern, for each of its. */
const unitsOfText = 8
/** How many units of a pattern are held to one of a value at once. */
const unitsAtOnce = 32

/** Gives what it costs at most to hold the values of a key to a condition, in units. */
function costsOf({ operator, values }: Condition): (value: ConditionValue) => number {
  const patternUnits = values.reduce((sum, { length }) => sum + length, 0)
  const perUnit = values.length + patternUnits / unitsAtOnce
  // A pattern with variables is made anew for each value.
  const isMadeAnew = values.some((text) => text.includes('${'))
  const perText = unitsOfText * (perUnit + (isMadeAnew ? patternUnits : 0))
  const isText = operator.comparison === 'text'
  return (value) => {
    if (typeof value === 'string') return perText + (isText ? 0 : value.length * perUnit)
    const units = isText ? 0 : value.reduce((sum, { length }) => sum + length, 0)
    return value.length * perText + units * perUnit
  }
}

/** Whether there is so much left to be done for the request. */
function takeWork({ work }: ConditionKeys, units: number): boolean {
  if (work === undefined) return true
  if (work.leftUnits < units) return false
  work.leftUnits -= units
  return true
}

interface Circumstances {
  readonly condition: Condition
  readonly effect: Effect
  readonly keys: ConditionKeys
}

/**
 * A key of several values needs one of the operators for sets. Without one, nothing is known of
 * what AWS does with several values: here it is against the caller, in both kinds of statements.
 */
function holdsFor(
  value: ConditionValue | undefined,
  tests: readonly TextTest[],
  { condition, effect, keys }: Circumstances,
): boolean {
  const { operator, set, ifExists } = condition
  const one = (text: string): boolean => satisfies(text, tests, operator.negated, keys)
  // IfExists does not help ForAnyValue: there has to be a value that matches.
  if (value === undefined) {
    if (set !== undefined) return set === 'ForAllValues'
    return ifExists || operator.negated
  }
  const values = typeof value === 'string' ? [value] : value
  if (set === 'ForAllValues') return values.every(one)
  if (set === 'ForAnyValue' || values.length === 1) return values.some(one)
  return effect === 'Deny' && values.some(one)
}

/**
 * Whether one value of a request satisfies an operator: one of the policy's values matches it, or
 * none does. What cannot be compared, a number that is none or a variable that cannot be filled,
 * satisfies no operator.
 */
function satisfies(
  text: string,
  tests: readonly TextTest[],
  negated: boolean,
  keys: ConditionKeys,
): boolean {
  for (const test of tests) {
    const matches = test(text, keys)
    if (matches === true) return !negated
    if (matches === undefined && negated) return false
  }
  return negated
}

function compileValue(value: string, condition: Condition, version: PolicyVersion): TextTest {
  const { comparison, order } = condition.operator
  const variables = knowsVariables(version)
  const parts = (wildcards: boolean) => {
    const found = textParts(value, { variables, wildcards })
    invariant(found !== undefined, 'the texts of a parsed policy can be taken apart')
    return found
  }
  switch (comparison) {
    case 'text':
      return compileText(parts(false), (filled) => {
        const expected = filled.join('')
        return (text) => text === expected
      })
    case 'textInAnyCase':
      return compileText(parts(false), (filled) => {
        const expected = filled.join('').toLowerCase()
        return (text) => text.toLowerCase() === expected
      })
    case 'pattern':
      return compilePattern(parts(true))
    case 'arn': {
      const matches = compileArnPattern(parts(true))
      return (text, keys) => matches(new Arn(text), keys)
    }
    case 'number':
      return compareBy(numberValue, value, order)
    case 'date':
      return compareBy(dateValue, value, order)
    case 'bool':
      return compareBy(boolValue, value, order)
    case 'binary':
      return compareBy(binaryValue, value, order)
    case 'address': {
      const block = addressBlock(value)
      invariant(block !== undefined, 'the addresses of a parsed policy can be read')
      return (text) => isInBlock(text, block)
    }
    case 'absence':
    default:
      throw new InvariantViolation('Null compares no values')
  }
}

type Comparable = number | string | boolean

function compareBy(
  read: (text: string) => Comparable | undefined,
  value: string,
  order: Order,
): TextTest {
  const expected = read(value)
  invariant(expected !== undefined, 'the values of a parsed policy can be read')
  return (text) => {
    const given = read(text)
    return given === undefined ? undefined : orders[order](given, expected)
  }
}

/** Whether a value of a request stands to one of a policy as an operator says. */
const orders: Readonly<Record<Order, (given: Comparable, expected: Comparable) => boolean>> = {
  equal: (given, expected) => given === expected,
  less: (given, expected) => given < expected,
  lessOrEqual: (given, expected) => given <= expected,
  greater: (given, expected) => given > expected,
  greaterOrEqual: (given, expected) => given >= expected,
}
