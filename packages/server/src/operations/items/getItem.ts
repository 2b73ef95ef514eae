import type { ItemImage } from '../../items/itemImage.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { readUnitsOfSize } from '../../capacity/capacityUnits.ts'
import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { checkKeyValues } from './keyParameter.ts'
import {
  checkProjectionMembers,
  compileCheckedProjection,
  projected,
  projectionPaths,
  type Projection,
  type ProjectionParameters,
} from './projectionParameter.ts'
import type { RequestContext } from '../requestContext.ts'
import { checkPathsOutsideTableKeys } from './scalarKeys.ts'
import type { Services } from '../services.ts'

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
export function getItem(
  services: Services,
  request: GetItemRequest,
  context: RequestContext,
): object | Promise<object> {
  checkProjectionMembers(request)
  checkKeyValues(request.Key)
  const projection = compileCheckedProjection(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const rowKey = rowKeyOfKey(table, request.Key)
  checkPathsOutsideTableKeys(table, projectionPaths(projection))
  const image = services.coordinator.read(rowKey)
  return image instanceof Promise
    ? image.then((read) => itemResponse(request, context, projection, read))
    : itemResponse(request, context, projection, image)
}

function itemResponse(
  request: GetItemRequest,
  context: RequestContext,
  projection: Projection,
  image: ItemImage | undefined,
): object {
  const units = readUnitsOfSize(image?.sizeBytes ?? 0) * (request.ConsistentRead === true ? 1 : 0.5)
  context.consumedUnits = units
  return {
    Item: image === undefined ? undefined : projected(image, projection),
    ConsumedCapacity: consumedCapacity(request.ReturnConsumedCapacity, request.TableName, units),
  }
}
