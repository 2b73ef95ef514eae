import { mapKeysConstraint, maxLengthConstraint } from '../errors/wireErrors.ts'
import type { ConstraintReport, MemberSegment } from './constraintReport.ts'

/** Longest attribute name in characters (model: AttributeName). */
export const maxAttributeNameLength: number = 65_535

type JsonObject = Readonly<Record<string, unknown>>

const mapSegment: MemberSegment = { name: 'M', lowerName: 'm', newForm: [] }
const listSegment: MemberSegment = { name: 'L', lowerName: 'l', newForm: [] }

/**
 * Reports attribute names that are too long, at any level of a map of attributes. Nothing else
 * inside an attribute value is constrained by the model.
 */
export function checkAttributeNames(map: unknown, report: ConstraintReport): void {
  if (!report.mayHoldLongNames) return
  const attributes = map as JsonObject
  const names = Object.keys(attributes)
  if (names.some((name) => name.length > maxAttributeNameLength)) {
    const constraint = mapKeysConstraint([maxLengthConstraint(maxAttributeNameLength)])
    report.fail(attributes, 'AttributeMap', constraint)
  }
  for (const name of names) {
    report.path.push(name)
    checkValueNames(attributes[name], report)
    report.path.pop()
  }
}

/** Likewise for the maps inside one attribute value. */
export function checkValueNames(value: unknown, report: ConstraintReport): void {
  if (!report.mayHoldLongNames) return
  const { M: map, L: list } = value as { M?: JsonObject; L?: readonly unknown[] }
  if (map !== undefined) {
    report.path.push(mapSegment)
    checkAttributeNames(map, report)
    report.path.pop()
  }
  if (list === undefined) return
  report.path.push(listSegment)
  for (let index = 0; index < list.length; index++) {
    report.path.push(index + 1)
    checkValueNames(list[index], report)
    report.path.pop()
  }
  report.path.pop()
}
