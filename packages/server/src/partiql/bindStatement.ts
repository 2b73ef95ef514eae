import { bindParsedCondition } from '../expressions/compileCondition.ts'
import { bindParsedUpdate } from '../expressions/compileUpdate.ts'
import type { BoundCondition } from '../expressions/boundExpression.ts'
import type { ExpressionContext } from '../expressions/expressionContext.ts'
import {
  emptyPathComponent,
  indexNotWritable,
  invalidReturningClause,
  setFunctionWithoutSet,
  severalNamesOfTable,
  tooManyFromComponents,
  unsupportedDataType,
  wrongParameterCount,
} from '../errors/statementErrors.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeValue } from '../values/attributeValue.ts'
import { checkAttributeValue, checkItem } from '../values/checkAttributeValue.ts'
import type { ValueRules } from '../values/valueRules.ts'
import type { BoundSelect, BoundStatement } from './boundStatement.ts'
import type { ParsedStatement } from './readStatement.ts'
import type {
  SelectStatement,
  Statement,
  StatementCondition,
  StatementSource,
  UpdateStatement,
} from './statement.ts'
import type { Returning } from './statementSyntax.ts'
import { placeholderAt, valueOf } from './statementValues.ts'

const kind = 'Statement'

/**
 * A statement with its parameters. Throws ValidationException for whatever can be told without the
 * table, in DynamoDB's order (behaviour digest 6.2). REQUIRES: {@link checkStatementValues}.
 */
export function bindStatement(
  parsed: ParsedStatement,
  parameters: readonly AttributeValue[],
): BoundStatement {
  if (parsed.bound !== undefined) return parsed.bound
  const bound = bindAny(parsed.statement, contextOf(parsed, parameters))
  if (parsed.parameterCount === 0) parsed.bound = bound
  return bound
}

/**
 * Checks the parameters of a statement by themselves, which brings them into canonical form in
 * place, and what is wrong with its literals: what comes first in the text counts. Throws
 * ValidationException.
 */
export function checkStatementValues(
  { fault, parameterCount }: Pick<ParsedStatement, 'fault' | 'parameterCount'>,
  parameters: readonly AttributeValue[],
  rules?: ValueRules,
): void {
  if (parameters.length !== parameterCount) throw wrongParameterCount()
  for (const [i, parameter] of parameters.entries()) {
    if (fault !== undefined && i >= fault.parametersBefore) throw fault.error
    checkAttributeValue(parameter, rules)
  }
  if (fault !== undefined) throw fault.error
}

/** The item of an INSERT is checked as one: it has a level more than any value may have. */
function contextOf(
  { statement, templates }: ParsedStatement,
  parameters: readonly AttributeValue[],
): ExpressionContext {
  const item = statement.kind === 'insert' ? statement.item : undefined
  const values: Record<string, AttributeValue> = {}
  for (let i = 0; i < templates.length; i++) {
    const template = templates[i] as (typeof templates)[number]
    const value = valueOf(template, parameters)
    const isChecked = template.kind === 'constant' || template.kind === 'parameter'
    const placeholder = placeholderAt(i)
    if (!isChecked && placeholder !== item) checkAttributeValue(value)
    values[placeholder] = value
  }
  const used = { usedNames: new Set<string>(), usedValues: new Set<string>() }
  return { names: undefined, values, reservedWords: 'allow', ...used }
}

function bindAny(statement: Statement, context: ExpressionContext): BoundStatement {
  switch (statement.kind) {
    case 'select':
      return bindSelect(statement, context)
    case 'exists':
      return { kind: 'exists', select: bindSelect(statement.select, context) }
    case 'insert': {
      const { source } = statement
      const item = itemOf(context, statement.item, source)
      checkSource(source)
      if (source.index !== undefined) throw severalNamesOfTable(source.at)
      return { kind: 'insert', source, item }
    }
    case 'update':
      return bindUpdate(statement, context)
    case 'delete': {
      const { source, returning } = statement
      const where = bindWhere(statement.where, context)
      checkWritten(source)
      if (returning !== undefined && (returning.which !== 'ALL' || returning.when !== 'OLD')) {
        throw invalidReturningClause(textOf(returning))
      }
      return { kind: 'delete', source, where, returning }
    }
    default:
      return unreachable(statement)
  }
}

const textOf = ({ which, when }: Returning): string => `RETURNING ${which} ${when} *`

function bindSelect(statement: SelectStatement, context: ExpressionContext): BoundSelect {
  const { source, columns, orderBy } = statement
  const where = bindWhere(statement.where, context)
  checkSource(source)
  return { kind: 'select', source, columns, where, orderBy }
}

function bindUpdate(statement: UpdateStatement, context: ExpressionContext): BoundStatement {
  const { source, returning } = statement
  for (const { placeholder, name, at } of statement.expectedSets) {
    const value = context.values?.[placeholder] as AttributeValue
    if (!('SS' in value || 'NS' in value || 'BS' in value)) throw setFunctionWithoutSet(name, at())
  }
  const update = bindParsedUpdate(kind, statement.update, context)
  const where = bindWhere(statement.where, context)
  checkWritten(source)
  return { kind: 'update', source, update, where, returning }
}

function bindWhere(
  where: StatementCondition | undefined,
  context: ExpressionContext,
): BoundCondition | undefined {
  return where === undefined ? undefined : bindParsedCondition(kind, where, context)
}

/** The item of an INSERT, checked as that of a put. */
function itemOf(
  { values }: ExpressionContext,
  placeholder: string,
  { at }: StatementSource,
): AttributeMap {
  const value = values?.[placeholder] as AttributeValue
  if (!('M' in value)) throw unsupportedDataType(Object.keys(value).join(), 'root', at)
  checkItem(value.M)
  return value.M
}

function checkSource({ table, index, componentCount }: StatementSource): void {
  if (componentCount > 2) throw tooManyFromComponents()
  if (table === '' || index === '') throw emptyPathComponent()
}

function checkWritten(source: StatementSource): void {
  checkSource(source)
  if (source.index !== undefined) throw indexNotWritable()
}
