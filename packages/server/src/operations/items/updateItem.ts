import { itemPermissions } from '../access/itemPermissions.ts'
import { updatedItemTooLarge } from '../../errors/valueErrors.ts'
import { compileUpdate, type CompiledUpdate } from '../../expressions/applyUpdate.ts'
import { checkExpressionParameters } from '../../expressions/checkExpressionParameters.ts'
import type { CompiledCondition } from '../../expressions/evaluateCondition.ts'
import { checkAllUsed, createExpressionContext } from '../../expressions/expressionContext.ts'
import { compileAttributeUpdates } from '../../expressions/legacyUpdates.ts'
import { updateWeight } from '../../expressions/updateWeight.ts'
import { maxItemSizeBytes } from '../../limits.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { compileConditionExpression, compileLegacyCondition } from './conditionParameter.ts'
import { checkKeyValues } from './keyParameter.ts'
import { namedTable } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import { returnedAttributes, type UpdateReturnValues } from './returnedAttributes.ts'
import { checkUpdateOutsideKeys } from './scalarKeys.ts'
import type { Services } from '../services.ts'
import { writeSingleItem, type WriteParameters } from './singleWrite.ts'
import { checkIndexKeysNotEmptied, checkIndexKeyTypes, checkKeysNotUpdated } from './updatedKeys.ts'

export interface UpdateItemRequest extends WriteParameters {
  readonly Key: AttributeMap
  readonly UpdateExpression?: string
  readonly AttributeUpdates?: Parameters<typeof compileAttributeUpdates>[0]
  readonly ReturnValues?: UpdateReturnValues
}

const updateMembers = {
  expressions: ['UpdateExpression', 'ConditionExpression'],
  legacy: ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
} as const

/** UpdateItem: changes attributes of an item, which is created when it does not exist. */
export async function updateItem(services: Services, request: UpdateItemRequest): Promise<Answer> {
  checkExpressionParameters(request, updateMembers)
  checkKeyValues(request.Key)
  const { update, condition } = compileParameters(services, request)
  const table = services.catalog.tableForData(request.TableName)
  const rowKey = rowKeyOfKey(table, request.Key)
  checkKeysNotUpdated(table, update)
  checkUpdateOutsideKeys(table, update)
  checkIndexKeysNotEmptied(table, update)
  checkIndexKeyTypes(table, update)
  const statementBytes = services.updateLimit === 'statement' ? checkedWeight(update) : undefined
  const { result, response, usage } = await writeSingleItem(services, request, {
    table,
    key: request.Key,
    rowKey,
    condition,
    change: { kind: 'Update', update },
    ...(statementBytes !== undefined && { statementBytes }),
  })
  const Attributes = returnedAttributes(request.ReturnValues, update, result)
  return { response: { Attributes, ...response }, usage }
}

function compileParameters(
  services: Services,
  request: UpdateItemRequest,
): { update: CompiledUpdate | undefined; condition: CompiledCondition | undefined } {
  if (request.UpdateExpression === undefined && request.ConditionExpression === undefined) {
    const updates = request.AttributeUpdates
    return {
      update: updates === undefined ? undefined : compileAttributeUpdates(updates),
      condition: compileLegacyCondition(request),
    }
  }
  const context = createExpressionContext(request, services)
  const text = request.UpdateExpression
  const update = text === undefined ? undefined : compileUpdate(text, context)
  const condition = compileConditionExpression(request, context)
  checkAllUsed(context)
  return { update, condition }
}

/**
 * What the statement weighs; undefined for one that is not held to a limit. AWS refuses one that is
 * too large before it looks at the item.
 */
function checkedWeight(update: CompiledUpdate | undefined): number | undefined {
  if (update?.origin !== 'UpdateExpression') return undefined
  const bytes = updateWeight(update)
  if (bytes > maxItemSizeBytes) throw updatedItemTooLarge()
  return bytes
}

export const updateItemOperation: Operation<UpdateItemRequest> = {
  name: 'UpdateItem',
  access: 'write',
  resources: namedTable,
  permissions: itemPermissions,
  handler: updateItem,
}
