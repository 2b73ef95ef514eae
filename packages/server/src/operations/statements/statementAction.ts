import type { BoundCondition } from '../../expressions/boundExpression.ts'
import { existsWithoutCondition, mandatoryKeyEquality } from '../../errors/statementErrors.ts'
import { unreachable } from '../../invariant.ts'
import type { BoundExists, BoundWrite } from '../../partiql/boundStatement.ts'
import { keyEqualities, type KeyEqualities } from '../../partiql/keyEqualities.ts'
import { keyNamesOf, type Table } from '../../schema/table.ts'
import type { AttributeValue } from '../../values/attributeValue.ts'
import { attributeValueSize } from '../../values/size.ts'
import type { CheckedAction, ItemAction } from '../items/transactionActions.ts'
import { sourceOf, type StatementParameters } from './statementParameters.ts'

/**
 * What a statement does: the same as the operation which does that. UPDATE is of an item that is
 * there, and DELETE has nothing to ask of one that is not.
 */
export function statementAction(
  table: Table,
  statement: BoundWrite | BoundExists,
  request: StatementParameters,
): ItemAction {
  const returnOldOnFailure = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const update = undefined
  switch (statement.kind) {
    case 'insert': {
      const { item: attributes } = statement
      const condition = existenceOf(table, 'attribute_not_exists')
      const insertsOnly = true
      return { kind: 'Put', attributes, condition, update, returnOldOnFailure, insertsOnly }
    }
    case 'update': {
      const { key: attributes, rest } = writtenKey(table, statement.where)
      const isThere = existenceOf(table, 'attribute_exists')
      const condition: BoundCondition =
        rest === undefined ? isThere : { kind: 'and', conditions: [isThere, rest] }
      const { update: changes } = statement
      return { kind: 'Update', attributes, condition, update: changes, returnOldOnFailure }
    }
    case 'delete': {
      const { key: attributes, rest } = writtenKey(table, statement.where)
      const isMissing = existenceOf(table, 'attribute_not_exists')
      const condition: BoundCondition | undefined =
        rest === undefined ? undefined : { kind: 'or', conditions: [isMissing, rest] }
      return { kind: 'Delete', attributes, condition, update, returnOldOnFailure }
    }
    case 'exists': {
      const found = keyEqualities(statement.select.where, keyNamesOf(table))
      if (found?.rest === undefined) throw existsWithoutCondition()
      const { key: attributes, rest: condition } = found
      return { kind: 'ConditionCheck', attributes, condition, update, returnOldOnFailure }
    }
    default:
      return unreachable(statement)
  }
}

/** The same as an action of a transaction, with what it is bound to and what it weighs. */
export function transactedAction(
  table: Table,
  statement: BoundWrite | BoundExists,
  request: StatementParameters,
): CheckedAction {
  const { Statement, Parameters = [] } = request
  const { table: TableName } = sourceOf(statement)
  const besideItem = Buffer.byteLength(Statement) + bytesOf(Parameters)
  return {
    ...statementAction(table, statement, request),
    parameters: { ...request, TableName },
    // An INSERT has its item in them.
    sentBytes: statement.kind === 'insert' ? 0 : besideItem,
  }
}

function bytesOf(parameters: readonly AttributeValue[]): number {
  return parameters.reduce((sum, value) => sum + attributeValueSize(value), 0)
}

function existenceOf(
  { primaryKey }: Table,
  kind: 'attribute_exists' | 'attribute_not_exists',
): BoundCondition {
  return { kind, path: [primaryKey.partitionKey.name] }
}

/** The key that a statement writes. Throws mandatoryKeyEquality when it does not name one. */
function writtenKey(table: Table, where: BoundCondition | undefined): KeyEqualities {
  const found = keyEqualities(where, keyNamesOf(table))
  if (found === undefined) throw mandatoryKeyEquality()
  return found
}
