import { returnValuesNotAllowed } from '../errors/itemErrors.ts'
import { rowKeyOfKey } from '../tables/primaryKey.ts'
import type { WriteAction } from '../transactions/writePlan.ts'
import type { AttributeMap } from '../values/attributeValue.ts'
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
import { checkKeyValues } from './keyParameter.ts'
import type { RequestContext } from './requestContext.ts'
import type { Services } from './services.ts'
import { consumedByWrite, writeCapacity } from './writeCapacity.ts'

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
  checkConditionMembers(request)
  checkKeyValues(request.Key)
  const { ReturnValues = 'NONE' } = request
  if (ReturnValues !== 'NONE' && ReturnValues !== 'ALL_OLD') throw returnValuesNotAllowed()
  const condition = compileConditionParameter(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const action: WriteAction = {
    table,
    key: request.Key,
    rowKey: rowKeyOfKey(table, request.Key),
    condition,
    change: { kind: 'Delete' },
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
