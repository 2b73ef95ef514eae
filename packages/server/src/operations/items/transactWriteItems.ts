import type { RequestContext } from '../../wire/dispatcher.ts'
import { transactionPermissions } from '../access/transactionPermissions.ts'
import { transactedTables } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkAction, type TransactWriteItem } from './transactionActions.ts'
import { writeTransaction, type WriteTransactionMembers } from './writeTransaction.ts'

export interface TransactWriteItemsRequest extends WriteTransactionMembers {
  readonly TransactItems: readonly TransactWriteItem[]
}

/**
 * TransactWriteItems: up to 100 writes and checks, all or nothing (behaviour digest 1.6 for the
 * order).
 */
export async function transactWriteItems(
  services: Services,
  request: TransactWriteItemsRequest,
  context: RequestContext,
): Promise<Answer> {
  const checked = request.TransactItems.map((entry, i) => checkAction(services, entry, i))
  const tables = checked.map(({ parameters }) =>
    services.catalog.tableForData(parameters.TableName),
  )
  const operation = 'TransactWriteItems'
  return writeTransaction(services, request, { operation, context, checked, tables })
}

export const transactWriteItemsOperation: Operation<TransactWriteItemsRequest> = {
  name: 'TransactWriteItems',
  access: 'write',
  resources: transactedTables,
  permissions: transactionPermissions('TransactWriteItems'),
  handler: transactWriteItems,
}
