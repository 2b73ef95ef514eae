import { enumConstraint, enumFailureUnplaced, minLengthConstraint } from '../errors/wireErrors.ts'
import type { ConstraintFailure } from './constraintReport.ts'

/*
 * What the newer validation layer makes of broken constraints: of a few it tells the first, alone
 * and in a form of its own (docs/decisions/validation-texts.md). All others it tells as the older.
 */

/** A constraint that the newer layer tells alone. */
interface AloneRule {
  readonly member: string
  /** The beginning of the constraint's text. */
  readonly constraint: string
  readonly text: (failure: ConstraintFailure) => string
}

const isEnum = enumConstraint([]).slice(0, -1)
const named = ({ newer }: ConstraintFailure): string => newer
const unchanged = ({ older }: ConstraintFailure): string => older

/** As the newer layer prints them; the fourth is its own spelling. */
const returnValues = ['ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATE_NEW', 'NONE']

/** In the order in which they are looked for. */
const ofItemWrites: readonly AloneRule[] = [
  { member: 'TableName', constraint: minLengthConstraint(1), text: named },
  { member: 'ReturnValues', constraint: isEnum, text: () => enumFailureUnplaced(returnValues) },
  ...[
    'ReturnConsumedCapacity',
    'ReturnItemCollectionMetrics',
    'ReturnValuesOnConditionCheckFailure',
    'ConditionalOperator',
  ].map((member) => ({ member, constraint: isEnum, text: unchanged })),
]

const aloneRules: ReadonlyMap<string, readonly AloneRule[]> = new Map([
  ['PutItem', ofItemWrites],
  ['UpdateItem', ofItemWrites],
  ['DeleteItem', ofItemWrites],
])

/** The failure that the newer layer tells alone; undefined if it tells all as the older does. */
export function failureToldAlone(
  operation: string,
  failures: readonly ConstraintFailure[],
): string | undefined {
  for (const { member, constraint, text } of aloneRules.get(operation) ?? []) {
    const found = failures.find(
      (failure) => failure.member === member && failure.constraint.startsWith(constraint),
    )
    if (found !== undefined) return text(found)
  }
  return undefined
}
