import { batchGetItem } from './items/batchGetItem.ts'
import { batchWriteItem } from './items/batchWriteItem.ts'
import { createTable } from './tables/createTable.ts'
import { deleteItem } from './items/deleteItem.ts'
import { deleteTable } from './tables/deleteTable.ts'
import { describeEndpoints } from './tables/describeEndpoints.ts'
import { describeLimits } from './tables/describeLimits.ts'
import { describeTable } from './tables/describeTable.ts'
import { getItem } from './items/getItem.ts'
import { listTables } from './tables/listTables.ts'
import { listTagsOfResource } from './tags/listTagsOfResource.ts'
import { putItem } from './items/putItem.ts'
import { query } from './items/query.ts'
import type { RequestContext } from './requestContext.ts'
import { scan } from './items/scan.ts'
import type { Services } from './services.ts'
import { tagResource } from './tags/tagResource.ts'
import { transactGetItems } from './items/transactGetItems.ts'
import { transactWriteItems } from './items/transactWriteItems.ts'
import { untagResource } from './tags/untagResource.ts'
import { updateItem } from './items/updateItem.ts'
import { updateTable } from './tables/updateTable.ts'

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
