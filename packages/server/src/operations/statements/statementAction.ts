import type { BoundCondition } from '../../expressions/boundExpression.ts'
import { existsWithoutCondition, mandatoryKeyEquality } from '../../errors/statementErrors.ts'
import { unreachable } from '../../invariant.ts'
import type { BoundExists, BoundWrite } from '../../partiql/boundStatement.ts'
import { keyEqualities, type KeyEqualities } from '../../partiql/keyEqualities.ts'
import type { Table } from '../../schema/table.ts'
import type { AttributeValue } from '../../values/attributeValue.ts'
import { attributeValueSize } from '../../values/size.ts'
import type { CheckedAction } from '../items/transactionActions.ts'
import { sourceOf, type StatementParameters } from './statementParameters.ts'

/** The names of a table's key attributes. */
export function keyNamesOf({ primaryKey: { partitionKey, sortKey } }: Table): string[] {
  return sortKey === undefined ? [partitionKey.name] : [partitionKey.name, sortKey.name]
}

/**
 * The action that a statement is: the same as that of the operation which does the same. UPDATE is
 * of an item that is there, and DELETE has nothing to ask of one that is not.
 */
export function statementAction(
  table: Table,
  statement: BoundWrite | BoundExists,
  request: StatementParameters,
): CheckedAction {
  const sent = sentBy(statement, request)
  const isThere = existenceOf(table, 'attribute_exists')
  const isMissing = existenceOf(table, 'attribute_not_exists')
  switch (statement.kind) {
    case 'insert': {
      const attributes = statement.item
      const put = { kind: 'Put', attributes, condition: isMissing, insertsOnly: true } as const
      return { ...sent, ...put, update: undefined }
    }
    case 'update': {
      const { key, rest } = writtenKey(table, statement.where)
      const conditions = rest === undefined ? [isThere] : [isThere, rest]
      const condition: BoundCondition = { kind: 'and', conditions }
      return { ...sent, kind: 'Update', attributes: key, condition, update: statement.update }
    }
    case 'delete': {
      const { key, rest } = writtenKey(table, statement.where)
      const condition: BoundCondition | undefined =
        rest === undefined ? undefined : { kind: 'or', conditions: [isMissing, rest] }
      return { ...sent, kind: 'Delete', attributes: key, condition, update: undefined }
    }
    case 'exists': {
      const found = keyEqualities(statement.select.where, keyNamesOf(table))
      if (found?.rest === undefined) throw existsWithoutCondition()
      const { key, rest } = found
      const update = undefined
      return { ...sent, kind: 'ConditionCheck', attributes: key, condition: rest, update }
    }
    default:
      return unreachable(statement)
  }
}

/** What a token binds an action to, and what the action weighs. */
function sentBy(
  statement: BoundWrite | BoundExists,
  request: StatementParameters,
): Pick<CheckedAction, 'parameters' | 'returnOldOnFailure' | 'sentBytes'> {
  const { Statement, Parameters = [], ReturnValuesOnConditionCheckFailure } = request
  const { table: TableName } = sourceOf(statement)
  const besideItem = Buffer.byteLength(Statement) + bytesOf(Parameters)
  return {
    parameters: { ...request, TableName },
    returnOldOnFailure: ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
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
