import { constraintFailure, constraintFailureAt, validationErrors } from '../errors/wireErrors.ts'
import { cutText, javaText } from './javaText.ts'
import type { ServiceModel } from './serviceModel.ts'

/** DynamoDB reports no more than so many failures of one request. */
const maxFailures = 10

/** A member of a structure as a step of a path. */
export interface MemberSegment {
  readonly name: string
  /** The name with its first letter in lower case, as paths show it. */
  readonly lowerName: string
  /** The constraints whose failures here are reported in the newer form; see ModelOverrides. */
  readonly newForm: readonly string[]
}

/**
 * One step of a path: a member, the position of a list's element from 1, or the key of a map's
 * value.
 */
export type PathSegment = MemberSegment | number | string

/** Reports what is wrong with the value at the current path of `report`. */
export type ConstraintCheck = (value: unknown, report: ConstraintReport) => void

/** One broken constraint. */
export interface ConstraintFailure {
  /** The member of a structure that breaks it; undefined for an element or an entry. */
  readonly member: string | undefined
  readonly constraint: string
  /** Its text in both forms. */
  readonly older: string
  readonly newer: string
}

/** Collects the broken constraints of one request, in the order in which they are found. */
export class ConstraintReport {
  /** Where the walk through the request is. Kept by the checks: they push and pop. */
  readonly path: PathSegment[] = []
  /** Whether the request is long enough to hold an attribute name that is too long. */
  readonly mayHoldLongNames: boolean
  private readonly model: ServiceModel
  private readonly failures: ConstraintFailure[] = []

  constructor(model: ServiceModel, mayHoldLongNames: boolean) {
    this.model = model
    this.mayHoldLongNames = mayHoldLongNames
  }

  get isEmpty(): boolean {
    return this.failures.length === 0
  }

  /**
   * Records that the value at the current path, undefined if there is none, breaks `constraint`.
   */
  fail(value: unknown, shapeName: string, constraint: string): void {
    if (this.failures.length === maxFailures) return
    const last = this.path.at(-1)
    const member = typeof last === 'object' ? last : undefined
    const newer = constraintFailureAt(this.placeOf(namedSegment), constraint)
    const older =
      member?.newForm.includes(constraint) === true
        ? newer
        : this.olderForm(value, shapeName, constraint)
    this.failures.push({ member: member?.name, constraint, older, newer })
  }

  private olderForm(value: unknown, shapeName: string, constraint: string): string {
    const text = value === undefined ? undefined : javaText(this.model, value, shapeName)
    return constraintFailure(text, this.placeOf(lowerSegment), constraint)
  }

  /** The current path; keys of maps may make it as long as the request, for each failure. */
  private placeOf(textOf: (segment: PathSegment) => string): string {
    return cutText(this.path.map(textOf).join('.'))
  }

  /**
   * Throws ValidationException if anything failed. `toldAlone` gives the text of the failure that
   * the newer validation layer tells alone, if it does.
   */
  throwFailures(toldAlone: (failures: readonly ConstraintFailure[]) => string | undefined): void {
    if (this.failures.length === 0) return
    const texts = this.failures.map(({ older }) => older)
    throw validationErrors(texts, toldAlone(this.failures))
  }
}

function namedSegment(segment: PathSegment): string {
  return typeof segment === 'object' ? segment.name : `${segment}.member`
}

function lowerSegment(segment: PathSegment): string {
  return typeof segment === 'object' ? segment.lowerName : `${segment}.member`
}
