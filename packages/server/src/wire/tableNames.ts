import { mapKeysConstraint } from '../errors/wireErrors.ts'
import type { ConstraintCheck, ConstraintReport, MemberSegment } from './constraintReport.ts'
import { constraintsOf } from './scalarConstraints.ts'
import type { Constraint } from './scalarConstraints.ts'
import type { NameRules } from './serviceDefinition.ts'
import type { ServiceModel } from './serviceModel.ts'

/*
 * The model lets members that name a table be as long as an ARN and hold anything (shape TableArn).
 * DynamoDB holds a name to the shape TableName all the same (behaviour digest 4.1). What an ARN
 * says is for those to check who know Region and account.
 */

/** The shape of members that take a name or an ARN. */
const nameOrArnShape = 'TableArn'

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

const requestItemsSegment: MemberSegment = {
  name: 'RequestItems',
  lowerName: 'requestItems',
  newForm: [],
}

/** What DynamoDB holds the names of tables to. */
export class TableNames implements NameRules {
  readonly #model: ServiceModel
  #nameConstraints: readonly Constraint[] | undefined
  #arnConstraints: readonly Constraint[] | undefined

  constructor(model: ServiceModel) {
    this.#model = model
  }

  checkOf(structureName: string, member: string, shapeName: string): ConstraintCheck | undefined {
    if (member !== 'TableName' || shapeName !== nameOrArnShape) return undefined
    const ofItems = itemStructures.has(structureName)
    return (value, report) => {
      const name = value as string
      const constraints = ofItems && name === '' ? this.#ofArns() : this.#constraintsOn(name)
      for (const { isKeptBy, text } of constraints) {
        if (!isKeptBy(name as never)) report.fail(name, nameOrArnShape, text)
      }
    }
  }

  exceptsKeys(shapeName: string): boolean {
    return shapeName === nameOrArnShape
  }

  /** Names come first in one kind of batch, and after all else in the other (measured). */
  reportFirst(operation: string, request: BatchRequest, report: ConstraintReport): void {
    if (operation === 'BatchGetItem') this.#reportKeys(request, 'BatchGetRequestMap', report)
  }

  reportLast(operation: string, request: BatchRequest, report: ConstraintReport): void {
    if (operation !== 'BatchWriteItem') return
    this.#reportKeys(request, 'BatchWriteItemRequestMap', report)
  }

  /** Reports the keys of a batch's RequestItems, once however many of them are no names. */
  #reportKeys(
    { RequestItems = {} }: BatchRequest,
    shapeName: string,
    report: ConstraintReport,
  ): void {
    const isName = (name: string): boolean =>
      this.#constraintsOn(name).every(({ isKeptBy }) => isKeptBy(name as never))
    if (Object.keys(RequestItems).every(isName)) return
    report.path.push(requestItemsSegment)
    const texts = this.#ofNames().map(({ text }) => text)
    report.fail(RequestItems, shapeName, mapKeysConstraint(texts))
    report.path.pop()
  }

  #constraintsOn(name: string): readonly Constraint[] {
    return name.startsWith('arn:') ? this.#ofArns() : this.#ofNames()
  }

  #ofArns(): readonly Constraint[] {
    this.#arnConstraints ??= constraintsOf(this.#model.shapeOf(nameOrArnShape))
    return this.#arnConstraints
  }

  /** The constraints of TableName in the order in which these members report them (measured). */
  #ofNames(): readonly Constraint[] {
    if (this.#nameConstraints === undefined) {
      const [pattern, ...sizes] = constraintsOf(this.#model.shapeOf('TableName'))
      this.#nameConstraints = [...sizes, pattern as Constraint]
    }
    return this.#nameConstraints
  }
}

interface BatchRequest {
  readonly RequestItems?: object
}
