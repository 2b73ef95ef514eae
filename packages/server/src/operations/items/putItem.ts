import { itemPermissions } from '../access/itemPermissions.ts'
import { returnValuesNotAllowed } from '../../errors/itemErrors.ts'
import { ItemImage } from '../../items/itemImage.ts'
import { checkIndexKeys, rowKeyOfItem } from '../../items/primaryKey.ts'
import { checkItem } from '../../values/checkAttributeValue.ts'
import type { Item } from '../../values/attributeValue.ts'
import { checkConditionMembers, compileConditionParameter } from './conditionParameter.ts'
import { namedTable } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { writeSingleItem, type WriteParameters } from './singleWrite.ts'

export interface PutItemRequest extends WriteParameters {
  readonly Item: Item
  readonly ReturnValues?: string
}

/** PutItem: creates an item or replaces it whole. */
export async function putItem(services: Services, request: PutItemRequest): Promise<Answer> {
  checkConditionMembers(request)
  checkItem(request.Item)
  const { ReturnValues = 'NONE' } = request
  if (ReturnValues !== 'NONE' && ReturnValues !== 'ALL_OLD') throw returnValuesNotAllowed()
  const condition = compileConditionParameter(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const rowKey = rowKeyOfItem(table, request.Item)
  checkIndexKeys(table, request.Item)
  const { result, response, usage } = await writeSingleItem(services, request, {
    table,
    key: request.Item,
    rowKey,
    condition,
    change: { kind: 'Put', image: ItemImage.ofItem(request.Item) },
  })
  const Attributes = ReturnValues === 'ALL_OLD' ? result.before?.encoded : undefined
  return { response: { Attributes, ...response }, usage }
}

export const putItemOperation: Operation<PutItemRequest> = {
  name: 'PutItem',
  access: 'write',
  resources: namedTable,
  permissions: itemPermissions,
  handler: putItem,
}
