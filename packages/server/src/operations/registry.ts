import { batchGetItem } from './batchGetItem.ts'
import { batchWriteItem } from './batchWriteItem.ts'
import { createTable } from './createTable.ts'
import { deleteItem } from './deleteItem.ts'
import { deleteTable } from './deleteTable.ts'
import { describeEndpoints } from './describeEndpoints.ts'
import { describeLimits } from './describeLimits.ts'
import { describeTable } from './describeTable.ts'
import { getItem } from './getItem.ts'
import { listTables } from './listTables.ts'
import { listTagsOfResource } from './listTagsOfResource.ts'
import { putItem } from './putItem.ts'
import { query } from './query.ts'
import type { RequestContext } from './requestContext.ts'
import { scan } from './scan.ts'
import type { Services } from './services.ts'
import { tagResource } from './tagResource.ts'
import { transactGetItems } from './transactGetItems.ts'
import { transactWriteItems } from './transactWriteItems.ts'
import { untagResource } from './untagResource.ts'
import { updateItem } from './updateItem.ts'
import { updateTable } from './updateTable.ts'

/** An operation bound to its database; the request has passed the checks of the service model. */
export type OperationHandler = (
  request: Record<string, unknown>,
  context: RequestContext,
) => unknown

type Operation = (services: Services, request: never, context: RequestContext) => unknown

const operations: Readonly<Record<string, Operation>> = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateTable: createTable,
  DeleteItem: deleteItem,
  DeleteTable: deleteTable,
  DescribeEndpoints: describeEndpoints,
  DescribeLimits: describeLimits,
  DescribeTable: describeTable,
  GetItem: getItem,
  ListTables: listTables,
  ListTagsOfResource: listTagsOfResource,
  PutItem: putItem,
  Query: query,
  Scan: scan,
  TagResource: tagResource,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UntagResource: untagResource,
  UpdateItem: updateItem,
  UpdateTable: updateTable,
}

/** The operations that this server has, by their names in the service model. */
export function createHandlers(services: Services): Record<string, OperationHandler> {
  const handlers: Record<string, OperationHandler> = {}
  for (const [name, operation] of Object.entries(operations)) {
    handlers[name] = (request, context) => operation(services, request as never, context)
  }
  return handlers
}
