import { consumedCapacity } from '../../capacity/consumedCapacity.ts'
import { nextTokenOfOtherRequest, notWellFormed } from '../../errors/statementErrors.ts'
import type { BoundSelect, BoundWrite } from '../../partiql/boundStatement.ts'
import { singleRowKey } from '../../reads/readRanges.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { readSelect, readSingleRow, type SelectParameters } from './readSelect.ts'
import { planSelect } from './selectPlan.ts'
import { boundStatementOf, statementResources } from './statementParameters.ts'
import { statementTarget } from './statementTarget.ts'
import { returnedItem, usageOfWrite, writeOfStatement } from './writeStatement.ts'

/** ExecuteStatement: one PartiQL statement, a page of a read or the write of one item. */
export function executeStatement(
  services: Services,
  request: SelectParameters,
): Answer | Promise<Answer> {
  const statement = boundStatementOf(request)
  // EXISTS is a statement of transactions alone.
  if (statement.kind === 'exists') throw notWellFormed('Expected data manipulation')
  if (statement.kind === 'select') return executeSelect(services, request, statement)
  if (request.NextToken !== undefined) throw nextTokenOfOtherRequest()
  return executeWrite(services, request, statement)
}

function executeSelect(
  services: Services,
  request: SelectParameters,
  select: BoundSelect,
): Answer | Promise<Answer> {
  const target = statementTarget(services, select.source, request.ConsistentRead)
  const plan = { ...planSelect(target, select), name: select.source.table }
  const rowKey = request.NextToken === undefined ? singleRowKey(plan) : undefined
  if (rowKey === undefined) return readSelect(services, request, plan)
  return readSingleRow(services, request, plan, rowKey)
}

async function executeWrite(
  services: Services,
  request: SelectParameters,
  statement: BoundWrite,
): Promise<Answer> {
  const table = services.catalog.tableForData(statement.source.table)
  const action = writeOfStatement(table, statement, request)
  const result = await services.coordinator.write(action)
  const usage = usageOfWrite(statement, action, result)
  const item = returnedItem(statement, result)
  const response = {
    Items: item === undefined ? [] : [item],
    ConsumedCapacity: consumedCapacity(request.ReturnConsumedCapacity, usage),
  }
  return { response, usage: [usage] }
}

export const executeStatementOperation: Operation<SelectParameters> = {
  name: 'ExecuteStatement',
  access: 'write',
  resources: statementResources,
  handler: executeStatement,
}
