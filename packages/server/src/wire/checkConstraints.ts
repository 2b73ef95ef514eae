import {
  mapKeysConstraint,
  mapValueConstraint,
  notNullConstraint,
  requestItemsRequired,
  tableNameRequired,
} from '../errors/wireErrors.ts'
import {
  checkAttributeNames,
  checkValueNames,
  maxAttributeNameLength,
} from './checkAttributeNames.ts'
import { ConstraintReport } from './constraintReport.ts'
import type { MemberSegment } from './constraintReport.ts'
import { lowerCamel } from './javaText.ts'
import {
  lateMembers,
  lengthBeforePattern,
  memberOrders,
  newFormConstraints,
  optionalMembers,
} from './modelOverrides.ts'
import { constraintsOf } from './scalarConstraints.ts'
import type { Constraint } from './scalarConstraints.ts'
import { elementShapeOf, entryShapesOf, inputShapeName, shapeOf } from './serviceModel.ts'
import type { Shape } from './serviceModel.ts'
import { checkRequestItemNames, nameOrArnShape, tableNameCheck } from './tableNames.ts'

/** Reports what is wrong with the value at the current path of `report`. */
type ConstraintCheck = (value: unknown, report: ConstraintReport) => void

type JsonObject = Readonly<Record<string, unknown>>

/** The checks that were needed so far, by shape; undefined for a shape that constrains nothing. */
const checks = new Map<string, ConstraintCheck | undefined>()

/**
 * Checks `request` against every constraint of the service model: required members, sizes, patterns
 * and enumerations, all levels down (behaviour digest 4.1). Throws ValidationException with all
 * failures, at most ten, in DynamoDB's order of the members of each structure.
 * REQUIRES: `request` was decoded for `operation` from a body of `bodyLength` characters.
 */
export function checkConstraints(
  operation: string,
  request: Record<string, unknown>,
  bodyLength: number,
): void {
  checkRequiredFirst(operation, request)
  const check = checkOf(inputShapeName(operation))
  if (check === undefined) return
  const report = new ConstraintReport(bodyLength > maxAttributeNameLength)
  if (operation === 'BatchGetItem') checkBatchNames(request, 'BatchGetRequestMap', report)
  check(request, report)
  if (operation === 'BatchWriteItem' && report.isEmpty) {
    checkBatchNames(request, 'BatchWriteItemRequestMap', report)
  }
  report.throwFailures()
}

/** Names of tables come first in one kind of batch, and after all else in the other (measured). */
function checkBatchNames(
  request: Record<string, unknown>,
  shapeName: string,
  report: ConstraintReport,
): void {
  checkRequestItemNames(request['RequestItems'] as object, shapeName, report)
}

/** A few members are checked before all else, in words of their own. */
function checkRequiredFirst(operation: string, request: Record<string, unknown>): void {
  switch (operation) {
    case 'CreateTable':
    case 'DeleteTable':
    case 'DescribeTable':
    case 'UpdateTable':
      if (request['TableName'] === undefined) throw tableNameRequired()
      return
    case 'BatchGetItem':
    case 'BatchWriteItem': {
      const requestItems = request['RequestItems']
      if (requestItems === undefined || Object.keys(requestItems as object).length === 0) {
        throw requestItemsRequired(operation)
      }
      return
    }
    default:
  }
}

function checkOf(shapeName: string): ConstraintCheck | undefined {
  if (checks.has(shapeName)) return checks.get(shapeName)
  const check = compile(shapeName)
  checks.set(shapeName, check)
  return check
}

function compile(shapeName: string): ConstraintCheck | undefined {
  if (shapeName === 'AttributeValue') return checkValueNames
  const shape = shapeOf(shapeName)
  if (shape.type === 'structure') return compileStructure(shapeName, shape)
  if (shape.type === 'list') return compileList(shapeName, shape)
  if (shape.type === 'map') return compileMap(shapeName, shape)
  return compileOwn(shapeName)
}

/** The check of a value's own constraints, without what is inside it. */
function compileOwn(shapeName: string): ConstraintCheck | undefined {
  const constraints = constraintsOf(shapeName)
  return constraints.length === 0 ? undefined : checkOfConstraints(shapeName, constraints)
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

/** A decoded value has the type that the constraints of its shape take. */
function isKept(constraint: Constraint, value: unknown): boolean {
  return constraint.isKeptBy(value as never)
}

interface MemberCheck {
  readonly segment: MemberSegment
  readonly shapeName: string
  readonly isRequired: boolean
  readonly check: ConstraintCheck | undefined
}

function compileStructure(shapeName: string, shape: Shape): ConstraintCheck | undefined {
  const memberChecks = orderedMembers(shapeName, shape)
    .map((member) => compileMember(shapeName, shape, member))
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

/** The members in the order in which their failures are reported. */
function orderedMembers(shapeName: string, shape: Shape): string[] {
  const first = memberOrders.get(shapeName) ?? []
  const others = Object.keys(shape.members ?? {}).filter((member) => !first.includes(member))
  return [...first, ...others.sort()]
}

function compileMember(structureName: string, structure: Shape, member: string): MemberCheck {
  const qualifiedName = `${structureName}.${member}`
  const shapeName = structure.members?.[member]?.shape as string
  return {
    segment: {
      name: member,
      lowerName: lowerCamel(member),
      newForm: newFormConstraints.get(qualifiedName) ?? [],
    },
    shapeName,
    isRequired:
      (structure.required?.includes(member) ?? false) && !optionalMembers.has(qualifiedName),
    check: memberCheck(structureName, member, shapeName),
  }
}

function memberCheck(
  structureName: string,
  member: string,
  shapeName: string,
): ConstraintCheck | undefined {
  const qualifiedName = `${structureName}.${member}`
  if (lateMembers.has(qualifiedName)) return undefined
  if (member === 'TableName' && shapeName === nameOrArnShape) return tableNameCheck(structureName)
  if (lengthBeforePattern.has(qualifiedName)) {
    const [pattern, ...sizes] = constraintsOf(shapeName)
    return checkOfConstraints(shapeName, [...sizes, pattern as Constraint])
  }
  return checkOf(shapeName)
}

function compileList(shapeName: string, shape: Shape): ConstraintCheck | undefined {
  const checkOwn = compileOwn(shapeName)
  const checkElement = checkOf(elementShapeOf(shape))
  if (checkElement === undefined) return checkOwn
  return (value, report) => {
    checkOwn?.(value, report)
    const list = value as readonly unknown[]
    for (let index = 0; index < list.length; index++) {
      report.path.push(index + 1)
      checkElement(list[index], report)
      report.path.pop()
    }
  }
}

function compileMap(shapeName: string, shape: Shape): ConstraintCheck | undefined {
  const { key, value: valueShape } = entryShapesOf(shape)
  if (valueShape === 'AttributeValue') return checkAttributeNames
  const checkOwn = compileOwn(shapeName)
  const keyConstraints = key === nameOrArnShape ? [] : constraintsOf(key)
  const checkKeys = compileEntries(shapeName, keyConstraints, 'keys')
  const checkValues = compileEntries(shapeName, constraintsOf(valueShape), 'values')
  const checkInside = compileInside(valueShape)
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

/** The check of what is inside a map's values, whose own constraints the map reports. */
function compileInside(valueShape: string): ConstraintCheck | undefined {
  const shape = shapeOf(valueShape)
  if (shape.type === 'structure' || shape.type === 'map') return checkOf(valueShape)
  if (shape.type !== 'list') return undefined
  const checkElement = checkOf(elementShapeOf(shape))
  if (checkElement === undefined) return undefined
  return (value, report) => {
    const list = value as readonly unknown[]
    for (let index = 0; index < list.length; index++) {
      report.path.push(index + 1)
      checkElement(list[index], report)
      report.path.pop()
    }
  }
}
