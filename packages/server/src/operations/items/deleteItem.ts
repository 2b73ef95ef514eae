import { itemPermissions } from '../access/itemPermissions.ts'
import { returnValuesNotAllowed } from '../../errors/itemErrors.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { checkConditionMembers, compileConditionParameter } from './conditionParameter.ts'
import { checkKeyValues } from './keyParameter.ts'
import { namedTable } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { writeSingleItem, type WriteParameters } from './singleWrite.ts'

export interface DeleteItemRequest extends WriteParameters {
  readonly Key: AttributeMap
  readonly ReturnValues?: string
}

/** DeleteItem: removes an item; removing a missing one succeeds. */
export async function deleteItem(services: Services, request: DeleteItemRequest): Promise<Answer> {
  checkConditionMembers(request)
  checkKeyValues(request.Key)
  const { ReturnValues = 'NONE' } = request
  if (ReturnValues !== 'NONE' && ReturnValues !== 'ALL_OLD') throw returnValuesNotAllowed()
  const condition = compileConditionParameter(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const { result, response, usage } = await writeSingleItem(services, request, {
    table,
    key: request.Key,
    rowKey: rowKeyOfKey(table, request.Key),
    condition,
    change: { kind: 'Delete' },
  })
  const Attributes = ReturnValues === 'ALL_OLD' ? result.before?.encoded : undefined
  return { response: { Attributes, ...response }, usage }
}

export const deleteItemOperation: Operation<DeleteItemRequest> = {
  name: 'DeleteItem',
  access: 'write',
  resources: namedTable,
  permissions: itemPermissions,
  handler: deleteItem,
}
