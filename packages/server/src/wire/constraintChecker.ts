import { mapKeysConstraint, mapValueConstraint, notNullConstraint } from '../errors/wireErrors.ts'
import {
  checkAttributeNames,
  checkValueNames,
  maxAttributeNameLength,
} from './checkAttributeNames.ts'
import { ConstraintReport } from './constraintReport.ts'
import type { ConstraintCheck, MemberSegment } from './constraintReport.ts'
import { lowerCamel } from './javaText.ts'
import { constraintsOf } from './scalarConstraints.ts'
import type { Constraint } from './scalarConstraints.ts'
import type { ModelOverrides, NameRules } from './serviceDefinition.ts'
import { elementShapeOf, entryShapesOf } from './serviceModel.ts'
import type { Shape } from './modelFile.ts'
import type { ServiceModel } from './serviceModel.ts'

type JsonObject = Readonly<Record<string, unknown>>

interface MemberCheck {
  readonly segment: MemberSegment
  readonly shapeName: string
  readonly isRequired: boolean
  readonly check: ConstraintCheck | undefined
}

/** Checks the requests of one service against the constraints of its model. */
export class ConstraintChecker {
  readonly #model: ServiceModel
  readonly #overrides: ModelOverrides
  readonly #nameRules: NameRules | undefined
  /** The checks that were needed so far, by shape; undefined for one that constrains nothing. */
  readonly #checks = new Map<string, ConstraintCheck | undefined>()

  constructor(model: ServiceModel, overrides: ModelOverrides) {
    this.#model = model
    this.#overrides = overrides
    this.#nameRules = overrides.nameRules?.(model)
  }

  /**
   * Checks `request` against every constraint of the service model: required members, sizes,
   * patterns and enumerations, all levels down (behaviour digest 4.1). Throws ValidationException
   * with all failures, at most ten, in the service's order of the members of each structure.
   * REQUIRES: `request` was decoded for `operation` from a body of `bodyLength` characters.
   */
  check(operation: string, request: Record<string, unknown>, bodyLength: number): void {
    this.#overrides.checkFirst(operation, request)
    const check = this.#checkOf(this.#model.inputShapeName(operation))
    if (check === undefined) return
    const report = new ConstraintReport(this.#model, bodyLength > maxAttributeNameLength)
    this.#nameRules?.reportFirst(operation, request, report)
    check(request, report)
    if (report.isEmpty) this.#nameRules?.reportLast(operation, request, report)
    report.throwFailures((failures) => this.#overrides.toldAlone(operation, failures))
  }

  #checkOf(shapeName: string): ConstraintCheck | undefined {
    if (this.#checks.has(shapeName)) return this.#checks.get(shapeName)
    const check = this.#compile(shapeName)
    this.#checks.set(shapeName, check)
    return check
  }

  #compile(shapeName: string): ConstraintCheck | undefined {
    if (shapeName === 'AttributeValue') return checkValueNames
    const shape = this.#model.shapeOf(shapeName)
    if (shape.type === 'structure') return this.#compileStructure(shapeName, shape)
    if (shape.type === 'list') return this.#compileList(shapeName, shape)
    if (shape.type === 'map') return this.#compileMap(shapeName, shape)
    return this.#compileOwn(shapeName)
  }

  #constraintsOf(shapeName: string): readonly Constraint[] {
    return constraintsOf(this.#model.shapeOf(shapeName), this.#overrides.enumOrders.get(shapeName))
  }

  /** The check of a value's own constraints, without what is inside it. */
  #compileOwn(shapeName: string): ConstraintCheck | undefined {
    const constraints = this.#constraintsOf(shapeName)
    return constraints.length === 0 ? undefined : checkOfConstraints(shapeName, constraints)
  }

  #compileStructure(shapeName: string, shape: Shape): ConstraintCheck | undefined {
    const memberChecks = orderedMembers(shape, this.#overrides.memberOrders.get(shapeName))
      .map((member) => this.#compileMember(shapeName, shape, member))
      .filter((member) => member.isRequired || member.check !== undefined)
    if (memberChecks.length === 0) return undefined
    return (value, report) => {
      const object = value as JsonObject
      for (const member of memberChecks) {
        const content = object[member.segment.name]
        if (content === undefined && !member.isRequired) continue
        report.path.push(member.segment)
        if (content === undefined) report.fail(undefined, member.shapeName, notNullConstraint)
        else member.check?.(content, report)
        report.path.pop()
      }
    }
  }

  #compileMember(structureName: string, structure: Shape, member: string): MemberCheck {
    const { newFormConstraints, optionalMembers } = this.#overrides
    const qualifiedName = `${structureName}.${member}`
    const shapeName = structure.members?.[member]?.shape as string
    const isModelledRequired = structure.required?.includes(member) ?? false
    return {
      segment: {
        name: member,
        lowerName: lowerCamel(member),
        newForm: newFormConstraints.get(qualifiedName) ?? [],
      },
      shapeName,
      isRequired: isModelledRequired && !optionalMembers.has(qualifiedName),
      check: this.#memberCheck(structureName, member, shapeName),
    }
  }

  #memberCheck(
    structureName: string,
    member: string,
    shapeName: string,
  ): ConstraintCheck | undefined {
    const { lateMembers, lengthBeforePattern } = this.#overrides
    const qualifiedName = `${structureName}.${member}`
    if (lateMembers.has(qualifiedName)) return undefined
    const ofName = this.#nameRules?.checkOf(structureName, member, shapeName)
    if (ofName !== undefined) return ofName
    if (lengthBeforePattern.has(qualifiedName)) {
      const [pattern, ...sizes] = this.#constraintsOf(shapeName)
      return checkOfConstraints(shapeName, [...sizes, pattern as Constraint])
    }
    return this.#checkOf(shapeName)
  }

  #compileList(shapeName: string, shape: Shape): ConstraintCheck | undefined {
    const checkOwn = this.#compileOwn(shapeName)
    const checkElement = this.#checkOf(elementShapeOf(shape))
    if (checkElement === undefined) return checkOwn
    return (value, report) => {
      checkOwn?.(value, report)
      checkElements(value as readonly unknown[], checkElement, report)
    }
  }

  #compileMap(shapeName: string, shape: Shape): ConstraintCheck | undefined {
    const { key, value: valueShape } = entryShapesOf(shape)
    if (valueShape === 'AttributeValue') return checkAttributeNames
    const checkOwn = this.#compileOwn(shapeName)
    const excepted = this.#nameRules?.exceptsKeys(key) === true
    const keyConstraints = excepted ? [] : this.#constraintsOf(key)
    const checkKeys = compileEntries(shapeName, keyConstraints, 'keys')
    const checkValues = compileEntries(shapeName, this.#constraintsOf(valueShape), 'values')
    const checkInside = this.#compileInside(valueShape)
    return (value, report) => {
      checkOwn?.(value, report)
      checkKeys?.(value, report)
      checkValues?.(value, report)
      if (checkInside === undefined) return
      const map = value as JsonObject
      for (const name of Object.keys(map)) {
        report.path.push(name)
        checkInside(map[name], report)
        report.path.pop()
      }
    }
  }

  /** The check of what is inside a map's values, whose own constraints the map reports. */
  #compileInside(valueShape: string): ConstraintCheck | undefined {
    const shape = this.#model.shapeOf(valueShape)
    if (shape.type === 'structure' || shape.type === 'map') return this.#checkOf(valueShape)
    if (shape.type !== 'list') return undefined
    const checkElement = this.#checkOf(elementShapeOf(shape))
    if (checkElement === undefined) return undefined
    return (value, report) => checkElements(value as readonly unknown[], checkElement, report)
  }
}

/** A decoded value has the type that the constraints of its shape take. */
function isKept(constraint: Constraint, value: unknown): boolean {
  return constraint.isKeptBy(value as never)
}

function checkOfConstraints(
  shapeName: string,
  constraints: readonly Constraint[],
): ConstraintCheck {
  return (value, report) => {
    for (const constraint of constraints) {
      if (!isKept(constraint, value)) report.fail(value, shapeName, constraint.text)
    }
  }
}

/** The members in the order in which their failures are reported. */
function orderedMembers(shape: Shape, first: readonly string[] = []): string[] {
  const others = Object.keys(shape.members ?? {}).filter((member) => !first.includes(member))
  return [...first, ...others.sort()]
}

function checkElements(
  list: readonly unknown[],
  checkElement: ConstraintCheck,
  report: ConstraintReport,
): void {
  for (let index = 0; index < list.length; index++) {
    report.path.push(index + 1)
    checkElement(list[index], report)
    report.path.pop()
  }
}

/** One failure of the whole map, however many of its keys or values break a constraint. */
function compileEntries(
  mapShape: string,
  constraints: readonly Constraint[],
  which: 'keys' | 'values',
): ConstraintCheck | undefined {
  if (constraints.length === 0) return undefined
  const texts = constraints.map((constraint) => constraint.text)
  const text = which === 'keys' ? mapKeysConstraint(texts) : mapValueConstraint(texts)
  const isValid = (entry: unknown): boolean =>
    constraints.every((constraint) => isKept(constraint, entry))
  return (value, report) => {
    const entries = which === 'keys' ? Object.keys(value as object) : Object.values(value as object)
    if (!entries.every(isValid)) report.fail(value, mapShape, text)
  }
}
