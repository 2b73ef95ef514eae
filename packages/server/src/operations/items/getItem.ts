import { itemPermissions } from '../access/itemPermissions.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfItem } from '../../capacity/readCapacity.ts'
import { unitsOfTable, type TableUsage } from '../../capacity/usage.ts'
import { projected, projectionPaths, type Projection } from '../../reads/projection.ts'
import type { Table } from '../../schema/table.ts'
import { checkKeyValues } from './keyParameter.ts'
import { namedTable } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import {
  checkProjectionMembers,
  compileCheckedProjection,
  type ProjectionParameters,
} from './projectionParameter.ts'
import { checkPathsOutsideAllKeys } from './scalarKeys.ts'
import type { Services } from '../services.ts'
import { readItem } from '../throughput/singleItems.ts'

export interface GetItemRequest extends ProjectionParameters {
  readonly TableName: string
  readonly Key: AttributeMap
  readonly ConsistentRead?: boolean
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/**
 * GetItem: the last committed state of one item. Never waits, never conflicts. Answers without a
 * promise when the store does: this is the request that is made most often.
 */
export function getItem(services: Services, request: GetItemRequest): Answer | Promise<Answer> {
  checkProjectionMembers(request)
  checkKeyValues(request.Key)
  const projection = compileCheckedProjection(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const rowKey = rowKeyOfKey(table, request.Key)
  checkPathsOutsideAllKeys(table, projectionPaths(projection))
  const image = readItem(services, { table, rowKey }, request.ConsistentRead)
  return image instanceof Promise
    ? image.then((read) => itemAnswer(request, table, projection, read))
    : itemAnswer(request, table, projection, image)
}

function itemAnswer(
  request: GetItemRequest,
  table: Table,
  projection: Projection,
  image: ItemImage | undefined,
): Answer {
  const usage: TableUsage = {
    name: request.TableName,
    table,
    kind: 'read',
    units: unitsOfTable(readUnitsOfItem(image?.sizeBytes ?? 0, request.ConsistentRead)),
  }
  return {
    response: {
      Item: image === undefined ? undefined : projected(image, projection),
      ConsumedCapacity: consumedCapacity(request.ReturnConsumedCapacity, usage),
    },
    usage: [usage],
  }
}

export const getItemOperation: Operation<GetItemRequest> = {
  name: 'GetItem',
  access: 'read',
  resources: namedTable,
  permissions: itemPermissions,
  handler: getItem,
}
