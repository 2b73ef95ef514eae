import { consumedByWrite } from '../../capacity/writeCapacity.ts'
import type { TableUsage } from '../../capacity/usage.ts'
import type { BoundWrite } from '../../partiql/boundStatement.ts'
import type { Table } from '../../schema/table.ts'
import type { WriteAction, WriteResult } from '../../transactions/writePlan.ts'
import { rowKeyOfAction, writeActionOf } from '../items/transactionActions.ts'
import { returnedAttributes, type UpdateReturnValues } from '../items/returnedAttributes.ts'
import { checkIndexKeysNotEmptied } from '../items/updatedKeys.ts'
import { statementAction } from './statementAction.ts'
import type { StatementParameters } from './statementParameters.ts'

/** The write of one statement on its table. Throws what the operation that does the same throws. */
export function writeOfStatement(
  table: Table,
  statement: BoundWrite,
  request: StatementParameters,
): WriteAction {
  const checked = statementAction(table, statement, request)
  const action = writeActionOf(table, checked, rowKeyOfAction(table, checked))
  checkIndexKeysNotEmptied(table, checked.update)
  return action
}

/** What a write consumed of the table that the statement names. */
export function usageOfWrite(
  { source }: BoundWrite,
  action: WriteAction,
  result: WriteResult,
): TableUsage {
  const { table } = action
  return { name: source.table, table, kind: 'write', units: consumedByWrite(action, result) }
}

const returnValues: Readonly<Record<string, UpdateReturnValues>> = {
  'ALL OLD': 'ALL_OLD',
  'ALL NEW': 'ALL_NEW',
  'MODIFIED OLD': 'UPDATED_OLD',
  'MODIFIED NEW': 'UPDATED_NEW',
}

/** The item that RETURNING asks for; undefined when there is nothing to show. */
export function returnedItem(statement: BoundWrite, result: WriteResult): object | undefined {
  if (statement.kind === 'insert' || statement.returning === undefined) return undefined
  const { which, when } = statement.returning
  const update = statement.kind === 'update' ? statement.update : undefined
  return returnedAttributes(returnValues[`${which} ${when}`], update, result)
}
