import { mapKeysConstraint } from '../errors/wireErrors.ts'
import type { ConstraintReport, MemberSegment } from './constraintReport.ts'
import { cutText, javaText } from './javaText.ts'
import type { Constraint } from './scalarConstraints.ts'
import type { NamesOrArns } from './serviceDefinition.ts'
import type { ServiceModel } from './serviceModel.ts'

type ConstraintsOf = (shapeName: string) => readonly Constraint[]

/**
 * Holds the names that members take beside ARNs to the shape of a name (behaviour digest 4.1). What
 * an ARN says is for those to check who know Region and account.
 */
export class NameOrArnChecks {
  readonly #model: ServiceModel
  readonly #names: NamesOrArns
  readonly #constraintsOf: ConstraintsOf
  #nameConstraints: readonly Constraint[] | undefined

  constructor(model: ServiceModel, names: NamesOrArns, constraintsOf: ConstraintsOf) {
    this.#model = model
    this.#names = names
    this.#constraintsOf = constraintsOf
  }

  /** Whether `shapeName` is the shape of such a member, or of a key, that takes a name. */
  takesName(member: string, shapeName: string): boolean {
    return member === this.#names.member && shapeName === this.#names.arnShape
  }

  /** Whether the keys of a map are names: {@link checkBatch} reports them. */
  areKeys(keyShape: string): boolean {
    return keyShape === this.#names.arnShape
  }

  /** The check of a member of `structureName` that takes a name. */
  memberCheck(structureName: string): (value: unknown, report: ConstraintReport) => void {
    const { arnShape, emptyHeldToArn } = this.#names
    const mayBeEmpty = emptyHeldToArn.has(structureName)
    return (value, report) => {
      const name = value as string
      const constraints =
        mayBeEmpty && name === '' ? this.#constraintsOf(arnShape) : this.#constraintsOn(name)
      for (const { isKeptBy, text } of constraints) {
        if (!isKeptBy(name as never)) report.fail(name, arnShape, text)
      }
    }
  }

  /**
   * Reports the keys of a batch once, however many of them are no names, if it is an operation's
   * turn to do so: before all other constraints, or after them when they are kept.
   */
  checkBatch(
    operation: string,
    when: 'first' | 'last',
    request: Readonly<Record<string, unknown>>,
    report: ConstraintReport,
  ): void {
    const batch = this.#names.batches.get(operation)
    if (batch?.when !== when || (when === 'last' && !report.isEmpty)) return
    const { name, shownAs } = batch
    const map = request[name] as object
    const isName = (key: string): boolean =>
      this.#constraintsOn(key).every(({ isKeptBy }) => isKeptBy(key as never))
    if (Object.keys(map).every(isName)) return
    const segment: MemberSegment = { name, lowerName: batch.lowerName, newForm: [] }
    report.path.push(segment)
    report.failAs(
      shownAs === 'JSON' ? cutText(JSON.stringify(map)) : this.#javaText(operation, name, map),
      mapKeysConstraint(this.#constraintsOfNames().map(({ text }) => text)),
    )
    report.path.pop()
  }

  #javaText(operation: string, member: string, map: object): string {
    const input = this.#model.shapeOf(this.#model.inputShapeName(operation))
    return javaText(this.#model, map, input.members?.[member]?.shape as string)
  }

  #constraintsOn(name: string): readonly Constraint[] {
    const isArn = name.startsWith('arn:')
    return isArn ? this.#constraintsOf(this.#names.arnShape) : this.#constraintsOfNames()
  }

  /** The constraints of a name in the order in which these members report them (measured). */
  #constraintsOfNames(): readonly Constraint[] {
    this.#nameConstraints ??= lengthFirst(this.#constraintsOf(this.#names.nameShape))
    return this.#nameConstraints
  }
}

/** The constraints of a text that has a pattern, with the pattern last. */
export function lengthFirst(constraints: readonly Constraint[]): readonly Constraint[] {
  const [pattern, ...sizes] = constraints
  return [...sizes, pattern as Constraint]
}
