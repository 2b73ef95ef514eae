import { statementPermissions } from './statementPermissions.ts'
import { consumedCapacity } from '../../capacity/consumedCapacity.ts'
import { nextTokenOfOtherRequest, notWellFormed } from '../../errors/statementErrors.ts'
import { bindStatement, checkStatementValues } from '../../partiql/bindStatement.ts'
import type { BoundSelect, BoundWrite } from '../../partiql/boundStatement.ts'
import { pointKey } from '../../partiql/pointSelect.ts'
import { readStatement, type ParsedStatement } from '../../partiql/readStatement.ts'
import { fitsKeySchema, rowKeyOf } from '../../items/primaryKey.ts'
import { projectionPaths } from '../../reads/projection.ts'
import { singleRowKey } from '../../reads/readRanges.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { writeItem } from '../throughput/singleItems.ts'
import { readSelect, readSingleRow, type SelectParameters } from './readSelect.ts'
import { checkPathsOutsideAllKeys } from '../items/scalarKeys.ts'
import { columnsProjection, planSelect } from './selectPlan.ts'
import { noParameters, statementResources } from './statementParameters.ts'
import { refusalOfRead, statementTarget } from './statementTarget.ts'
import { returnedItem, usageOfWrite, writeOfStatement } from './writeStatement.ts'

/** ExecuteStatement: one PartiQL statement, a page of a read or the write of one item. */
export function executeStatement(
  services: Services,
  request: SelectParameters,
): Answer | Promise<Answer> {
  const { Parameters = noParameters, NextToken } = request
  const parsed = readOrRefuse(services, request)
  checkStatementValues(parsed, Parameters)
  const point = NextToken === undefined ? executePoint(services, request, parsed) : undefined
  if (point !== undefined) return point
  const statement = bindStatement(parsed, Parameters)
  // EXISTS is a statement of transactions alone.
  if (statement.kind === 'exists') throw notWellFormed('Expected data manipulation')
  if (statement.kind === 'select') return executeSelect(services, request, statement)
  if (NextToken !== undefined) throw nextTokenOfOtherRequest()
  return executeWrite(services, request, statement)
}

function readOrRefuse(services: Services, request: SelectParameters): ParsedStatement {
  try {
    return readStatement(request.Statement)
  } catch (error) {
    throw refusalOfRead(services, request, error)
  }
}

/** A SELECT of one item by its key and nothing else, without a plan; undefined for others. */
function executePoint(
  services: Services,
  request: SelectParameters,
  { statement, point }: ParsedStatement,
): Answer | Promise<Answer> | undefined {
  if (point === undefined || statement.kind !== 'select') return undefined
  const { source, columns } = statement
  const table = services.catalog.tableForData(source.table)
  const key = pointKey(point, request.Parameters ?? noParameters)
  if (!fitsKeySchema(table, key)) return undefined
  const projection = columnsProjection(columns)
  checkPathsOutsideAllKeys(table, projectionPaths(projection))
  const read = { name: source.table, table, selection: { filter: undefined, projection } }
  return readSingleRow(services, request, read, rowKeyOf(table, key))
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
  const { name, selection } = plan
  const { table } = target
  return readSingleRow(services, request, { name, table, selection }, rowKey)
}

async function executeWrite(
  services: Services,
  request: SelectParameters,
  statement: BoundWrite,
): Promise<Answer> {
  const table = services.catalog.tableForData(statement.source.table)
  const action = writeOfStatement(table, statement, request)
  const result = await writeItem(services, action)
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
  permissions: statementPermissions,
  handler: executeStatement,
}
