import { transactedStatementPermissions } from './statementPermissions.ts'
import type { ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import {
  mixedTransaction,
  transactedIndexRead,
  transactedReturning,
  transactedSelectWithoutKey,
} from '../../errors/statementErrors.ts'
import type { BoundSelect, BoundStatement } from '../../partiql/boundStatement.ts'
import { keyEqualities } from '../../partiql/keyEqualities.ts'
import { keyNamesOf, type Table } from '../../schema/table.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import { readTransaction, type TransactedRead } from '../items/readTransaction.ts'
import { writeTransaction } from '../items/writeTransaction.ts'
import type { NamedResource } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { transactedAction } from './statementAction.ts'
import {
  orInStatement,
  sourceOf,
  statementResources,
  transactedStatementOf,
  type StatementParameters,
} from './statementParameters.ts'
import { columnsProjection } from './selectPlan.ts'

export interface ExecuteTransactionRequest {
  readonly TransactStatements: readonly StatementParameters[]
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/**
 * ExecuteTransaction: up to 100 statements, all of them reads, as TransactGetItems does them, or
 * all writes and checks, as TransactWriteItems does them.
 */
export async function executeTransaction(
  services: Services,
  request: ExecuteTransactionRequest,
  context: RequestContext,
): Promise<Answer> {
  const { TransactStatements: requests } = request
  const statements = requests.map(checkedStatement)
  const reads = statements.filter((each) => each.kind === 'select')
  if (reads.length > 0 && reads.length < statements.length) throw mixedTransaction()
  const tables = statements.map((each) => services.catalog.tableForData(sourceOf(each).table))
  if (reads.length > 0) {
    const bound = reads.map((select, i) => readOf(tables[i] as Table, select, i))
    return readTransaction(services, request, bound)
  }
  const checked = statements.flatMap((statement, i) => {
    if (statement.kind === 'select') return []
    const [table, parameters] = [tables[i] as Table, requests[i] as StatementParameters]
    return orInStatement(i, () => transactedAction(table, statement, parameters))
  })
  const operation = 'ExecuteTransaction'
  const { response, usage } = await writeTransaction(services, request, {
    operation,
    context,
    checked,
    tables,
  })
  return { response: { ...response, Responses: [] }, usage }
}

/** A statement as far as it can be checked without its table. */
function checkedStatement(request: StatementParameters, position: number): BoundStatement {
  const statement = transactedStatementOf(request, position)
  return orInStatement(position, () => {
    if (sourceOf(statement).index !== undefined) throw transactedIndexRead()
    if ('returning' in statement && statement.returning !== undefined) throw transactedReturning()
    return statement
  })
}

/** The read of one item that a SELECT is. */
function readOf(table: Table, select: BoundSelect, position: number): TransactedRead {
  const { source, columns } = select
  const key = orInStatement(position, () => wholeKeyOf(table, select))
  return { name: source.table, table, key, projection: columnsProjection(columns) }
}

/** The key of a SELECT that asks for nothing but one item. */
function wholeKeyOf(table: Table, { where }: BoundSelect): AttributeMap {
  const found = keyEqualities(where, keyNamesOf(table))
  if (found === undefined || found.rest !== undefined) throw transactedSelectWithoutKey()
  return found.key
}

function transactedResources({
  TransactStatements = [],
}: Partial<ExecuteTransactionRequest>): readonly NamedResource[] {
  return TransactStatements.flatMap(statementResources)
}

export const executeTransactionOperation: Operation<ExecuteTransactionRequest> = {
  name: 'ExecuteTransaction',
  access: 'write',
  resources: transactedResources,
  permissions: transactedStatementPermissions,
  handler: executeTransaction,
}
