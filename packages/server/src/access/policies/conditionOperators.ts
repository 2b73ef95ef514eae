/** How a value of a request is compared with one of a policy. */
export type Comparison =
  | 'text'
  | 'textInAnyCase'
  | 'pattern'
  | 'number'
  | 'date'
  | 'bool'
  | 'binary'
  | 'address'
  | 'arn'
  | 'absence'

/** The order that numbers and dates are held to. */
export type Order = 'equal' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual'

/** An operator of conditions without what stands before or after it. */
export interface ConditionOperator {
  readonly name: string
  readonly comparison: Comparison
  /** True for the operators with Not: they hold where no value of the policy matches. */
  readonly negated: boolean
  readonly order: Order
}

/** What stands before an operator whose key has several values. */
export type SetOperator = 'ForAllValues' | 'ForAnyValue'

function operator(
  name: string,
  comparison: Comparison,
  negated = false,
  order: Order = 'equal',
): ConditionOperator {
  return { name, comparison, negated, order }
}

function ordered(prefix: string, comparison: Comparison): ConditionOperator[] {
  return [
    operator(`${prefix}Equals`, comparison),
    operator(`${prefix}NotEquals`, comparison, true),
    operator(`${prefix}LessThan`, comparison, false, 'less'),
    operator(`${prefix}LessThanEquals`, comparison, false, 'lessOrEqual'),
    operator(`${prefix}GreaterThan`, comparison, false, 'greater'),
    operator(`${prefix}GreaterThanEquals`, comparison, false, 'greaterOrEqual'),
  ]
}

/** Every operator (IAM user guide: condition operators). */
export const conditionOperators: readonly ConditionOperator[] = [
  operator('StringEquals', 'text'),
  operator('StringNotEquals', 'text', true),
  operator('StringEqualsIgnoreCase', 'textInAnyCase'),
  operator('StringNotEqualsIgnoreCase', 'textInAnyCase', true),
  operator('StringLike', 'pattern'),
  operator('StringNotLike', 'pattern', true),
  ...ordered('Numeric', 'number'),
  ...ordered('Date', 'date'),
  operator('Bool', 'bool'),
  operator('BinaryEquals', 'binary'),
  operator('IpAddress', 'address'),
  operator('NotIpAddress', 'address', true),
  operator('ArnEquals', 'arn'),
  operator('ArnNotEquals', 'arn', true),
  operator('ArnLike', 'arn'),
  operator('ArnNotLike', 'arn', true),
  operator('Null', 'absence'),
]

const operatorsByName: ReadonlyMap<string, ConditionOperator> = new Map(
  conditionOperators.map((each) => [each.name, each]),
)

const ifExistsSuffix = 'IfExists'
const setOperators: readonly SetOperator[] = ['ForAllValues', 'ForAnyValue']

/** An operator with what stands round it. */
export interface NamedOperator {
  readonly operator: ConditionOperator
  readonly set: SetOperator | undefined
  readonly ifExists: boolean
}

/** The operator that `name` is, such as `ForAnyValue:StringLikeIfExists`; undefined for none. */
export function conditionOperator(name: string): NamedOperator | undefined {
  const set = setOperators.find((each) => name.startsWith(`${each}:`))
  const bare = set === undefined ? name : name.slice(set.length + 1)
  const ifExists = bare.endsWith(ifExistsSuffix)
  const found = operatorsByName.get(ifExists ? bare.slice(0, -ifExistsSuffix.length) : bare)
  if (found === undefined) return undefined
  // Null asks whether a key exists, so it has neither form.
  if (found.comparison === 'absence' && (ifExists || set !== undefined)) return undefined
  return { operator: found, set, ifExists }
}
