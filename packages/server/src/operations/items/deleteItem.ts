import { returnValuesNotAllowed } from '../../errors/itemErrors.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { checkConditionMembers, compileConditionParameter } from './conditionParameter.ts'
import { checkKeyValues } from './keyParameter.ts'
import type { RequestContext } from '../requestContext.ts'
import type { Services } from '../services.ts'
import { writeSingleItem, type WriteParameters } from './singleWrite.ts'

export interface DeleteItemRequest extends WriteParameters {
  readonly Key: AttributeMap
  readonly ReturnValues?: string
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
  const { result, response } = await writeSingleItem(services, request, context, {
    table,
    key: request.Key,
    rowKey: rowKeyOfKey(table, request.Key),
    condition,
    change: { kind: 'Delete' },
  })
  return {
    Attributes: ReturnValues === 'ALL_OLD' ? result.before?.encoded : undefined,
    ...response,
  }
}
