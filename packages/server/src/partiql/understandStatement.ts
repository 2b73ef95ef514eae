import {
  aliasingNotSupported,
  unexpectedPathComponent,
  unsupportedClause,
  unsupportedOperation,
} from '../errors/statementErrors.ts'
import type { Column } from '../reads/projection.ts'
import type {
  OrderKey,
  SelectStatement,
  Statement,
  StatementCondition,
  StatementSource,
} from './statement.ts'
import type { FromSyntax, SelectSyntax, StatementSyntax } from './statementSyntax.ts'
import type { StatementValues } from './statementValues.ts'
import { nodeName, type Syntax } from './syntax.ts'
import { positionOf } from './token.ts'
import { understandCondition } from './understandCondition.ts'
import { pathNode } from './understanding.ts'
import { understandUpdate } from './understandUpdate.ts'

/**
 * What DynamoDB makes of a statement that is one of PartiQL's. Throws for what it does not
 * support, as far as the text alone can tell.
 */
export function understandStatement(
  text: string,
  syntax: StatementSyntax,
  values: StatementValues,
): Statement {
  const { kind } = syntax
  if (kind === 'select') return understandSelect(text, syntax, values)
  if (kind === 'exists') {
    return { kind, select: understandSelect(text, syntax.select, values) }
  }
  if (kind === 'expression') throw unsupportedOperation(nodeName(syntax.expression))
  const source = understandSource(text, syntax.from)
  if (kind === 'insert') return { kind, source, item: values.addItem(syntax.value) }
  const { returning } = syntax
  if (kind === 'delete') {
    return { kind, source, where: whereOf(text, values, syntax.where), returning }
  }
  const update = understandUpdate(text, values, syntax.clauses)
  const where = whereOf(text, values, syntax.where)
  return { kind, source, ...update, where, returning }
}

function whereOf(
  text: string,
  values: StatementValues,
  where: Syntax | undefined,
): StatementCondition | undefined {
  return where === undefined ? undefined : understandCondition(text, values, where)
}

function understandSelect(
  text: string,
  syntax: SelectSyntax,
  values: StatementValues,
): SelectStatement {
  if (syntax.hasAliases) throw aliasingNotSupported()
  const source = understandSource(text, syntax.from)
  const { limit } = syntax
  if (limit !== undefined) throw unsupportedClause('LIMIT', positionOf(text, limit.at))
  const columns =
    syntax.columns === 'all'
      ? 'all'
      : syntax.columns.map((column, i) => understandColumn(text, column, i))
  const where = whereOf(text, values, syntax.where)
  return { kind: 'select', source, columns, where, orderBy: syntax.orderBy.map(understandOrder) }
}

/** Throws aliasingNotSupported. */
function understandSource(
  text: string,
  { components, isAliased, at }: FromSyntax,
): StatementSource {
  if (isAliased) throw aliasingNotSupported()
  return sourceOf(text, { components, at })
}

/** What stands behind FROM, UPDATE or INTO, whether or not it has another name too. */
export function sourceOf(
  text: string,
  { components, at }: Pick<FromSyntax, 'components' | 'at'>,
): StatementSource {
  const [table, index] = components
  return {
    table: String(table),
    index: index === undefined ? undefined : String(index),
    componentCount: components.length,
    at: positionOf(text, at),
  }
}

/** A column is called by the last name of its path, an element of a list by its number. */
function understandColumn(text: string, syntax: Syntax, position: number): Column {
  if (syntax.kind !== 'path') throw unexpectedPathComponent(positionOf(text, syntax.at))
  const { elements: path } = pathNode(syntax)
  const last = path.at(-1)
  return { name: typeof last === 'string' ? last : `_${position + 1}`, path }
}

function understandOrder({ key, descending }: SelectSyntax['orderBy'][number]): OrderKey {
  if (key.kind !== 'path' || key.elements.length > 1) throw unsupportedOperation(nodeName(key))
  return { name: String(key.elements[0]), descending }
}
