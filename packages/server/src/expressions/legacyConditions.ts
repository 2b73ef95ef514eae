import {
  argumentsOfDifferentTypes,
  argumentsOutOfOrder,
  comparisonWithoutValue,
  conditionalOperatorWithOneCondition,
  conditionalOperatorWithoutConditions,
  existsWithComparison,
  valueListWithoutComparison,
  valueNotAllowed,
  valueRequired,
  valueWithValueList,
  wrongArgumentCount,
  wrongArgumentType,
} from '../errors/legacyParameterErrors.ts'
import { emptyAttributeName } from '../errors/valueErrors.ts'
import { unreachable } from '../invariant.ts'
import { maxInOperands } from '../limits.ts'
import { typeOf } from '../values/attributeValue.ts'
import type { AttributeType, AttributeValue } from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'
import { compareValues } from '../values/compare.ts'
import { constantOperand } from './bindOperand.ts'
import type {
  BoundCondition,
  CompiledCondition,
  ConstantOperand,
  PathOperand,
} from './boundExpression.ts'

/** The operators of the legacy parameters (model: ComparisonOperator). */
export type LegacyOperator =
  | 'EQ'
  | 'NE'
  | 'IN'
  | 'LE'
  | 'LT'
  | 'GE'
  | 'GT'
  | 'BETWEEN'
  | 'NOT_NULL'
  | 'NULL'
  | 'CONTAINS'
  | 'NOT_CONTAINS'
  | 'BEGINS_WITH'

/** What a filter asks of one attribute (model: Condition). */
export interface FilterCondition {
  readonly ComparisonOperator: LegacyOperator
  readonly AttributeValueList?: readonly AttributeValue[] | undefined
}

/** What Expected asks of one attribute (model: ExpectedAttributeValue). */
export interface ExpectedAttribute {
  readonly Value?: AttributeValue | undefined
  readonly Exists?: boolean | undefined
  readonly ComparisonOperator?: LegacyOperator | undefined
  readonly AttributeValueList?: readonly AttributeValue[] | undefined
}

type ConditionalOperator = 'AND' | 'OR'

const scalarTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B'])
const textTypes: ReadonlySet<AttributeType> = new Set(['S', 'B'])
const elementTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B', 'BOOL', 'NULL'])

/** How many arguments an operator takes, and of which types; undefined for all types. */
interface ArgumentRule {
  readonly min: number
  readonly max: number
  readonly types: ReadonlySet<AttributeType> | undefined
}

const argumentsOf: Readonly<Record<LegacyOperator, ArgumentRule>> = {
  EQ: { min: 1, max: 1, types: undefined },
  NE: { min: 1, max: 1, types: undefined },
  IN: { min: 1, max: maxInOperands, types: scalarTypes },
  LE: { min: 1, max: 1, types: scalarTypes },
  LT: { min: 1, max: 1, types: scalarTypes },
  GE: { min: 1, max: 1, types: scalarTypes },
  GT: { min: 1, max: 1, types: scalarTypes },
  BETWEEN: { min: 2, max: 2, types: scalarTypes },
  NOT_NULL: { min: 0, max: 0, types: undefined },
  NULL: { min: 0, max: 0, types: undefined },
  CONTAINS: { min: 1, max: 1, types: elementTypes },
  NOT_CONTAINS: { min: 1, max: 1, types: elementTypes },
  BEGINS_WITH: { min: 1, max: 1, types: textTypes },
}

/**
 * Compiles Expected. Brings its values into canonical form in place. Throws ValidationException
 * with the texts of legacyParameterErrors.ts.
 */
export function compileExpected(
  expected: Readonly<Record<string, ExpectedAttribute>>,
  conditionalOperator: ConditionalOperator | undefined,
): CompiledCondition {
  checkConditionalOperator(expected, conditionalOperator)
  const conditions = Object.keys(expected).map((name) =>
    compileExpectedAttribute(name, expected[name] as ExpectedAttribute),
  )
  return joined(conditions, conditionalOperator)
}

/** Compiles QueryFilter or ScanFilter, in the manner of {@link compileExpected}. */
export function compileFilterConditions(
  filter: Readonly<Record<string, FilterCondition>>,
  conditionalOperator: ConditionalOperator | undefined,
): CompiledCondition {
  checkConditionalOperator(filter, conditionalOperator)
  const conditions = Object.keys(filter).map((name) => {
    const { ComparisonOperator, AttributeValueList } = filter[name] as FilterCondition
    return compileComparison(name, ComparisonOperator, AttributeValueList ?? [])
  })
  return joined(conditions, conditionalOperator)
}

/** ConditionalOperator joins at least two conditions. */
export function checkConditionalOperator(
  conditions: object | undefined,
  conditionalOperator: ConditionalOperator | undefined,
): void {
  if (conditionalOperator === undefined) return
  const count = conditions === undefined ? 0 : Object.keys(conditions).length
  if (count === 0) throw conditionalOperatorWithoutConditions()
  if (count === 1) throw conditionalOperatorWithOneCondition()
}

function joined(
  conditions: readonly BoundCondition[],
  conditionalOperator: ConditionalOperator | undefined,
): CompiledCondition {
  const [only] = conditions
  if (only !== undefined && conditions.length === 1) return only
  return { kind: conditionalOperator === 'OR' ? 'or' : 'and', conditions }
}

function compileExpectedAttribute(name: string, expected: ExpectedAttribute): BoundCondition {
  const { Value, Exists, ComparisonOperator, AttributeValueList } = expected
  if (name === '') throw emptyAttributeName()
  if (ComparisonOperator !== undefined) return compileExpectedComparison(name, expected)
  if (AttributeValueList !== undefined) throw valueListWithoutComparison(name)
  if (Exists === false) {
    if (Value !== undefined) throw valueNotAllowed(name)
    return { kind: 'attribute_not_exists', path: [name] }
  }
  if (Value === undefined) throw valueRequired(Exists ?? null, name)
  return compileComparison(name, 'EQ', [Value])
}

function compileExpectedComparison(name: string, expected: ExpectedAttribute): BoundCondition {
  const { Value, Exists, AttributeValueList } = expected
  const operator = expected.ComparisonOperator as LegacyOperator
  if (Exists !== undefined) throw existsWithComparison(name)
  if (Value !== undefined && AttributeValueList !== undefined) throw valueWithValueList(name)
  const values = AttributeValueList ?? (Value === undefined ? undefined : [Value])
  if (values === undefined && operator !== 'NULL' && operator !== 'NOT_NULL') {
    throw comparisonWithoutValue(operator, name)
  }
  const comparison = compileComparison(name, operator, values ?? [])
  if (operator !== 'NOT_CONTAINS') return comparison
  // Unlike a filter, Expected does not hold for an attribute that is not there (measured).
  return { kind: 'and', conditions: [{ kind: 'attribute_exists', path: [name] }, comparison] }
}

/** Compiles one operator with its arguments, after canonicalising and checking these. */
export function compileComparison(
  name: string,
  operator: LegacyOperator,
  values: readonly AttributeValue[],
): BoundCondition {
  if (name === '') throw emptyAttributeName()
  for (const value of values) checkAttributeValue(value)
  checkArgumentCount(operator, values.length)
  checkArgumentTypes(operator, values)
  return bindComparison({ kind: 'path', path: [name] }, operator, values)
}

function checkArgumentCount(operator: LegacyOperator, count: number): void {
  const { min, max } = argumentsOf[operator]
  if (count < min || count > max) throw wrongArgumentCount(operator)
}

function checkArgumentTypes(operator: LegacyOperator, values: readonly AttributeValue[]): void {
  const allowed = argumentsOf[operator].types
  const [first, second] = values
  if (allowed === undefined || first === undefined) return
  for (const value of values) {
    if (!allowed.has(typeOf(value))) throw wrongArgumentType(operator, typeOf(value))
    if (typeOf(value) !== typeOf(first)) throw argumentsOfDifferentTypes()
  }
  if (operator !== 'BETWEEN' || second === undefined) return
  const order = compareValues(first, second)
  if (order !== undefined && order > 0) throw argumentsOutOfOrder()
}

const comparators = { EQ: '=', NE: '<>', LT: '<', LE: '<=', GT: '>', GE: '>=' } as const

/** REQUIRES: the arguments have been checked. */
function bindComparison(
  operand: PathOperand,
  operator: LegacyOperator,
  values: readonly AttributeValue[],
): BoundCondition {
  if (operator === 'NULL') return { kind: 'attribute_not_exists', path: operand.path }
  if (operator === 'NOT_NULL') return { kind: 'attribute_exists', path: operand.path }
  const list = values.map(constantOperand)
  const [first, second] = list as [ConstantOperand, ConstantOperand]
  switch (operator) {
    case 'BETWEEN':
      return { kind: 'between', operand, lower: first, upper: second }
    case 'IN':
      return { kind: 'in', operand, list }
    case 'BEGINS_WITH':
      return { kind: 'begins_with', operand, part: first }
    case 'CONTAINS':
      return { kind: 'contains', operand, part: first }
    case 'NOT_CONTAINS':
      return { kind: 'not', condition: { kind: 'contains', operand, part: first } }
    case 'EQ':
    case 'NE':
    case 'LT':
    case 'LE':
    case 'GT':
    case 'GE':
      return {
        kind: 'comparison',
        comparator: comparators[operator],
        left: operand,
        right: first,
      }
    default:
      return unreachable(operator)
  }
}
