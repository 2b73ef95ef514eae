import { returnValuesNotAllowed } from '../errors/itemErrors.ts'
import { rowKeyOfKey } from '../tables/primaryKey.ts'
import type { AttributeMap } from '../values/attributeValue.ts'
import { compileConditionParameter, type ConditionParameters } from './conditionParameter.ts'
import { consumedCapacity, writeUnits, type ReturnConsumedCapacity } from './consumedCapacity.ts'
import { itemCollectionMetrics, type ReturnItemCollectionMetrics } from './itemCollectionMetrics.ts'
import { checkKeyValues } from './keyParameter.ts'
import type { RequestContext } from './requestContext.ts'
import type { Services } from './services.ts'

export interface DeleteItemRequest extends ConditionParameters {
  readonly TableName: string
  readonly Key: AttributeMap
  readonly ReturnValues?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** DeleteItem: removes an item; removing a missing one succeeds. */
export async function deleteItem(
  services: Services,
  request: DeleteItemRequest,
  context: RequestContext,
): Promise<object> {
  const condition = compileConditionParameter(services, request)
  checkKeyValues(request.Key)
  const { ReturnValues = 'NONE' } = request
  if (ReturnValues !== 'NONE' && ReturnValues !== 'ALL_OLD') throw returnValuesNotAllowed()
  const table = services.catalog.tableForData(request.TableName)
  const result = await services.coordinator.write({
    table,
    key: request.Key,
    rowKey: rowKeyOfKey(table, request.Key),
    condition,
    change: { kind: 'Delete' },
    returnOldOnFailure: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
  })
  const units = writeUnits(result)
  context.consumedUnits = units
  return {
    Attributes: ReturnValues === 'ALL_OLD' ? result.before?.encoded : undefined,
    ConsumedCapacity: consumedCapacity(request.ReturnConsumedCapacity, request.TableName, units),
    ItemCollectionMetrics: itemCollectionMetrics(
      request.ReturnItemCollectionMetrics,
      table,
      request.Key,
    ),
  }
}
