import { isValidationException } from '../errors/apiError.ts'
import { notOneAction } from '../errors/transactionErrors.ts'
import { itemTooLarge } from '../errors/valueErrors.ts'
import { compileUpdate, type CompiledUpdate } from '../expressions/applyUpdate.ts'
import type { CompiledCondition } from '../expressions/evaluateCondition.ts'
import {
  checkAllUsed,
  createExpressionContext,
  type ExpressionRequest,
} from '../expressions/expressionContext.ts'
import { maxItemSizeBytes } from '../limits.ts'
import { ItemImage } from '../tables/itemImage.ts'
import {
  checkIndexKeys,
  checkIndexKeysNotEmpty,
  checkKeysNotEmpty,
  rowKeyOfItem,
  rowKeyOfKey,
} from '../tables/primaryKey.ts'
import type { Table } from '../tables/table.ts'
import type { Change, InvalidAction, WriteAction } from '../transactions/writePlan.ts'
import type { AttributeMap, Item } from '../values/attributeValue.ts'
import { checkItem } from '../values/checkAttributeValue.ts'
import { attributeValueSize, itemSize } from '../values/size.ts'
import { compileConditionExpression } from './conditionParameter.ts'
import { checkKeyValues } from './keyParameter.ts'
import type { Services } from './services.ts'
import { checkKeysNotUpdated } from './updateItem.ts'

interface ActionParameters extends ExpressionRequest {
  readonly TableName: string
  readonly ConditionExpression?: string
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

export interface PutAction extends ActionParameters {
  readonly Item: Item
}

export interface KeyAction extends ActionParameters {
  readonly Key: AttributeMap
}

export interface UpdateAction extends KeyAction {
  readonly UpdateExpression: string
}

/** One entry of TransactItems (model: TransactWriteItem). */
export interface TransactWriteItem {
  readonly ConditionCheck?: KeyAction
  readonly Put?: PutAction
  readonly Update?: UpdateAction
  readonly Delete?: KeyAction
}

/** An entry whose own parameters are in order, before its table is known. */
export interface CheckedAction {
  readonly kind: Change['kind']
  readonly parameters: ActionParameters
  /** The item of a Put, the key of any other action. */
  readonly attributes: AttributeMap
  readonly condition: CompiledCondition | undefined
  readonly update: CompiledUpdate | undefined
}

/**
 * Checks one entry by itself: exactly one action, values, expressions. Throws top-level errors (behaviour
 * digest 1.6, step 2).
 */
export function checkAction(services: Services, entry: TransactWriteItem): CheckedAction {
  const { ConditionCheck, Put, Update, Delete } = entry
  const present = [ConditionCheck, Put, Update, Delete].filter((action) => action !== undefined)
  if (present.length !== 1) throw notOneAction()
  if (Put !== undefined) {
    const expressions = compileExpressions(services, Put, undefined)
    checkItem(Put.Item)
    return { kind: 'Put', parameters: Put, attributes: Put.Item, ...expressions }
  }
  const parameters = present[0] as KeyAction
  const expressions = compileExpressions(services, parameters, Update?.UpdateExpression)
  checkKeyValues(parameters.Key)
  const kind = Update !== undefined ? 'Update' : Delete !== undefined ? 'Delete' : 'ConditionCheck'
  return { kind, parameters, attributes: parameters.Key, ...expressions }
}

/** Placeholders of an action that has no expression at all are not looked at, as on AWS. */
function compileExpressions(
  services: Services,
  parameters: ActionParameters,
  updateText: string | undefined,
): Pick<CheckedAction, 'condition' | 'update'> {
  if (updateText === undefined && parameters.ConditionExpression === undefined) {
    return { condition: undefined, update: undefined }
  }
  const context = createExpressionContext(parameters, services)
  const update = updateText === undefined ? undefined : compileUpdate(updateText, context)
  const condition = compileConditionExpression(parameters, context)
  checkAllUsed(context)
  return { condition, update }
}

/**
 * Turns a checked entry into an action on its table. Empty keys and over-large puts refuse the request;
 * keys that do not match the schema make the action invalid, which cancels the transaction (behaviour digest
 * 1.6, steps 4 and 5).
 */
export function bindAction(table: Table, checked: CheckedAction): WriteAction | InvalidAction {
  const { kind, attributes, parameters } = checked
  checkKeysNotEmpty(table, attributes)
  if (kind === 'Put') checkIndexKeysNotEmpty(table, attributes)
  try {
    return {
      table,
      key: attributes,
      rowKey: kind === 'Put' ? putRowKey(table, attributes) : keyRowKey(table, checked),
      condition: checked.condition,
      change: changeOf(checked),
      returnOldOnFailure: parameters.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
    }
  } catch (error) {
    if (!isValidationException(error)) throw error
    return { invalid: error }
  }
}

function putRowKey(table: Table, item: Item): Buffer {
  const rowKey = rowKeyOfItem(table, item)
  checkIndexKeys(table, item)
  return rowKey
}

function keyRowKey(table: Table, { attributes, update }: CheckedAction): Buffer {
  const rowKey = rowKeyOfKey(table, attributes)
  checkKeysNotUpdated(table, update)
  return rowKey
}

function changeOf({ kind, attributes, update }: CheckedAction): Change {
  if (kind === 'Put') return { kind, image: ItemImage.ofItem(attributes) }
  return kind === 'Update' ? { kind, update } : { kind }
}

/**
 * The size in bytes of what an action sends: item or key, placeholder values and expression texts. Throws
 * itemTooLarge for a put of more than 400 KB.
 */
export function payloadSize({ kind, parameters, attributes }: CheckedAction): number {
  let sizeBytes = itemSize(attributes)
  if (kind === 'Put' && sizeBytes > maxItemSizeBytes) throw itemTooLarge()
  for (const value of Object.values(parameters.ExpressionAttributeValues ?? {})) {
    sizeBytes += attributeValueSize(value)
  }
  const { ConditionExpression = '', UpdateExpression = '' } = parameters as Partial<UpdateAction>
  return sizeBytes + Buffer.byteLength(ConditionExpression) + Buffer.byteLength(UpdateExpression)
}
