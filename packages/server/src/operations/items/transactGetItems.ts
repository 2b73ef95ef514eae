import { transactionPermissions } from '../access/transactionPermissions.ts'
import type { ExpressionRequest } from '../../expressions/expressionContext.ts'
import type { Table } from '../../schema/table.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { transactedValueRules } from '../../values/valueRules.ts'
import type { ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import type { Projection } from '../../reads/projection.ts'
import { checkKeyValues } from './keyParameter.ts'
import { transactedTables } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import { compileProjectionExpression } from './projectionParameter.ts'
import type { Services } from '../services.ts'
import { readTransaction, type TransactedRead } from './readTransaction.ts'

interface GetAction extends ExpressionRequest {
  readonly TableName: string
  readonly Key: AttributeMap
  readonly ProjectionExpression?: string
}

export interface TransactGetItemsRequest {
  readonly TransactItems: readonly { readonly Get: GetAction }[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** TransactGetItems: up to 100 items in one committed state; refused beside unfinished writes. */
export function transactGetItems(
  services: Services,
  request: TransactGetItemsRequest,
): Answer | Promise<Answer> {
  const gets = request.TransactItems.map(({ Get }) => Get)
  const projections = gets.map((get) => checkGet(services, get))
  const tables = gets.map(({ TableName }) => services.catalog.tableForData(TableName))
  const reads = gets.map(({ TableName: name, Key: key }, i): TransactedRead => {
    return { name, table: tables[i] as Table, key, projection: projections[i] as Projection }
  })
  return readTransaction(services, request, reads)
}

function checkGet(services: Services, get: GetAction): Projection {
  const projection = compileProjectionExpression(services, get, get.ProjectionExpression)
  checkKeyValues(get.Key, transactedValueRules)
  return projection
}

export const transactGetItemsOperation: Operation<TransactGetItemsRequest> = {
  name: 'TransactGetItems',
  access: 'read',
  resources: transactedTables,
  permissions: transactionPermissions('TransactGetItems'),
  handler: transactGetItems,
}
