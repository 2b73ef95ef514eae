import { mapKeysConstraint } from '../errors/wireErrors.ts'
import type { ConstraintReport, MemberSegment } from './constraintReport.ts'
import { constraintsOf } from './scalarConstraints.ts'
import type { Constraint } from './scalarConstraints.ts'

/*
 * The model lets members that name a table be as long as an ARN and hold anything (shape TableArn).
 * DynamoDB holds a name to the shape TableName all the same (behaviour digest 4.1). What an ARN
 * says is for those to check who know Region and account.
 */

/** The shape of members that take a name or an ARN. */
export const nameOrArnShape = 'TableArn'

/**
 * The structures of single items and of transactions: an empty name there is only too short for an
 * ARN (measured).
 */
const itemStructures: ReadonlySet<string> = new Set([
  'PutItemInput',
  'GetItemInput',
  'UpdateItemInput',
  'DeleteItemInput',
  'QueryInput',
  'ScanInput',
  'ConditionCheck',
  'Put',
  'Update',
  'Delete',
  'Get',
])

/** The check of the member TableName of `structureName`. */
export function tableNameCheck(
  structureName: string,
): (value: unknown, report: ConstraintReport) => void {
  const ofItems = itemStructures.has(structureName)
  return (value, report) => {
    const name = value as string
    const constraints = ofItems && name === '' ? constraintsOf(nameOrArnShape) : constraintsOn(name)
    for (const { isKeptBy, text } of constraints) {
      if (!isKeptBy(name as never)) report.fail(name, nameOrArnShape, text)
    }
  }
}

const requestItemsSegment: MemberSegment = {
  name: 'RequestItems',
  lowerName: 'requestItems',
  newForm: [],
}

/** Reports the keys of a batch's RequestItems, once however many of them are no names. */
export function checkRequestItemNames(
  requestItems: object,
  shapeName: string,
  report: ConstraintReport,
): void {
  const isName = (name: string): boolean =>
    constraintsOn(name).every(({ isKeptBy }) => isKeptBy(name as never))
  if (Object.keys(requestItems).every(isName)) return
  report.path.push(requestItemsSegment)
  report.fail(requestItems, shapeName, mapKeysConstraint(nameConstraints().map(({ text }) => text)))
  report.path.pop()
}

function constraintsOn(name: string): readonly Constraint[] {
  return name.startsWith('arn:') ? constraintsOf(nameOrArnShape) : nameConstraints()
}

let loadedNameConstraints: readonly Constraint[] | undefined

/** The constraints of TableName in the order in which these members report them (measured). */
function nameConstraints(): readonly Constraint[] {
  if (loadedNameConstraints === undefined) {
    const [pattern, ...sizes] = constraintsOf('TableName')
    loadedNameConstraints = [...sizes, pattern as Constraint]
  }
  return loadedNameConstraints
}
