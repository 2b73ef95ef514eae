import type { ConditionNode } from '../expressions/ast.ts'
import {
  newAttributeMap,
  type AttributeMap,
  type AttributeValue,
} from '../values/attributeValue.ts'
import type { Statement } from './statement.ts'
import { placeholderAt, valueOf, type ValueTemplate } from './statementValues.ts'

/** An attribute that is to be equal to a value of the statement. */
export interface PointEquality {
  readonly name: string
  readonly template: ValueTemplate
}

/**
 * The equalities of a SELECT whose condition is nothing else, each on an attribute of its own, so
 * that it may be of one item; undefined for other statements. Such a condition has no fault but
 * those of its values, and is by far the most frequent one.
 */
export function pointEqualities(
  statement: Statement,
  templates: readonly ValueTemplate[],
): readonly PointEquality[] | undefined {
  if (statement.kind !== 'select' || statement.where === undefined) return undefined
  const { source, orderBy } = statement
  if (source.componentCount > 1 || source.table === '' || orderBy.length > 0) return undefined
  const equalities: PointEquality[] = []
  const isPoint = collect(statement.where.root, templates, equalities)
  const names = new Set(equalities.map(({ name }) => name))
  return isPoint && names.size === equalities.length ? equalities : undefined
}

/** Most attributes that a key has. */
const maxEqualities = 2

/** Adds the equalities of `node`; false when it has anything else, or more than a key may have. */
function collect(
  node: ConditionNode,
  templates: readonly ValueTemplate[],
  equalities: PointEquality[],
): boolean {
  if (node.kind === 'and') {
    if (!collect(node.right, templates, equalities)) return false
    return collect(node.left, templates, equalities)
  }
  if (node.kind !== 'comparison' || node.comparator !== '=') return false
  const { left, right } = node
  if (left.kind !== 'path' || left.elements.length > 1 || right.kind !== 'value') return false
  const template = templates.find((_, i) => placeholderAt(i) === right.placeholder)
  if (template === undefined || equalities.length === maxEqualities) return false
  equalities.push({ name: left.elements[0] as string, template })
  return true
}

/** What equalities say the attributes of an item are. */
export function pointKey(
  equalities: readonly PointEquality[],
  parameters: readonly AttributeValue[],
): AttributeMap {
  const key = newAttributeMap()
  for (const { name, template } of equalities) key[name] = valueOf(template, parameters)
  return key
}
