import { returnValuesNotAllowed } from '../errors/itemErrors.ts'
import { ItemImage } from '../tables/itemImage.ts'
import { checkIndexKeys, rowKeyOfItem } from '../tables/primaryKey.ts'
import type { WriteAction } from '../transactions/writePlan.ts'
import { checkItem } from '../values/checkAttributeValue.ts'
import type { Item } from '../values/attributeValue.ts'
import {
  checkConditionMembers,
  compileConditionParameter,
  type ConditionParameters,
} from './conditionParameter.ts'
import type { ReturnConsumedCapacity } from './consumedCapacity.ts'
import {
  readItemCollectionMetrics,
  type ReturnItemCollectionMetrics,
} from './itemCollectionMetrics.ts'
import type { RequestContext } from './requestContext.ts'
import type { Services } from './services.ts'
import { consumedByWrite, writeCapacity } from './writeCapacity.ts'

export interface PutItemRequest extends ConditionParameters {
  readonly TableName: string
  readonly Item: Item
  readonly ReturnValues?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** PutItem: creates an item or replaces it whole. */
export async function putItem(
  services: Services,
  request: PutItemRequest,
  context: RequestContext,
): Promise<object> {
  checkConditionMembers(request)
  checkItem(request.Item)
  const { ReturnValues = 'NONE' } = request
  if (ReturnValues !== 'NONE' && ReturnValues !== 'ALL_OLD') throw returnValuesNotAllowed()
  const condition = compileConditionParameter(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const rowKey = rowKeyOfItem(table, request.Item)
  checkIndexKeys(table, request.Item)
  const action: WriteAction = {
    table,
    key: request.Item,
    rowKey,
    condition,
    change: { kind: 'Put', image: ItemImage.ofItem(request.Item) },
    returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  }
  const result = await services.coordinator.write(action)
  const units = consumedByWrite(action, result)
  context.consumedUnits = units.total
  return {
    Attributes: ReturnValues === 'ALL_OLD' ? result.before?.encoded : undefined,
    ConsumedCapacity: writeCapacity(request.ReturnConsumedCapacity, request.TableName, units),
    ItemCollectionMetrics: await readItemCollectionMetrics(
      services,
      request.ReturnItemCollectionMetrics,
      action,
    ),
  }
}
