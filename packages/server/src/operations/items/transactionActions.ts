import { isValidationException } from '../../errors/apiError.ts'
import {
  noAction,
  severalActions,
  unknownReturnValuesOnFailure,
} from '../../errors/transactionErrors.ts'
import { itemTooLarge } from '../../errors/valueErrors.ts'
import { compileUpdate, type CompiledUpdate } from '../../expressions/applyUpdate.ts'
import type { CompiledCondition } from '../../expressions/evaluateCondition.ts'
import {
  checkAllUsed,
  createExpressionContext,
  type ExpressionRequest,
} from '../../expressions/expressionContext.ts'
import { maxItemSizeBytes } from '../../limits.ts'
import { ItemImage } from '../../items/itemImage.ts'
import {
  checkIndexKeys,
  checkIndexKeysNotEmpty,
  checkKeysNotEmpty,
  rowKeyOfItem,
  rowKeyOfKey,
} from '../../items/primaryKey.ts'
import type { Table } from '../../schema/table.ts'
import type { Change, InvalidAction, WriteAction } from '../../transactions/writePlan.ts'
import type { AttributeMap, Item } from '../../values/attributeValue.ts'
import { checkItem } from '../../values/checkAttributeValue.ts'
import { attributeValueSize, itemSize } from '../../values/size.ts'
import { transactedValueRules } from '../../values/valueRules.ts'
import { compileConditionExpression } from './conditionParameter.ts'
import { checkKeyValues } from './keyParameter.ts'
import { checkUpdateOutsideKeys } from './scalarKeys.ts'
import type { Services } from '../services.ts'
import { checkIndexKeysNotEmptied, checkIndexKeyTypes, checkKeysNotUpdated } from './updatedKeys.ts'

interface ActionParameters extends ExpressionRequest {
  readonly TableName: string
  readonly ConditionExpression?: string
  /** ALL_OLD or NONE, once {@link checkAction} has seen it. */
  readonly ReturnValuesOnConditionCheckFailure?: string
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

/** What an action does to an item, or asks of it. */
export interface ItemAction {
  readonly kind: Change['kind']
  /** The item of a Put, the key of any other action. */
  readonly attributes: AttributeMap
  readonly condition: CompiledCondition | undefined
  readonly update: CompiledUpdate | undefined
  readonly returnOldOnFailure: boolean
  /** A Put that must find no item. */
  readonly insertsOnly?: boolean
}

/** An action of a transaction whose own parameters are in order. */
export interface CheckedAction extends ItemAction {
  /** What a token binds it to. */
  readonly parameters: { readonly TableName: string }
  /** Bytes of what the action sends beside its attributes: values and texts. */
  readonly sentBytes: number
}

/**
 * Checks the entry at `position` by itself: exactly one action, expressions, values, other members.
 * Throws top-level errors (behaviour digest 1.6, step 2).
 */
export function checkAction(
  services: Services,
  entry: TransactWriteItem,
  position: number,
): CheckedAction {
  const { ConditionCheck, Put, Update, Delete } = entry
  const parameters = onlyOne<KeyAction | PutAction>(
    onlyOne<KeyAction | PutAction>(ConditionCheck, Put),
    onlyOne(Update, Delete),
  )
  if (parameters === undefined) throw noAction()
  const { condition, update } = compileExpressions(services, parameters, Update?.UpdateExpression)
  if (Put === undefined) checkKeyValues((parameters as KeyAction).Key, transactedValueRules)
  else checkItem(Put.Item, transactedValueRules)
  const kind = kindOf(entry)
  checkReturnValues(parameters, kind, position)
  const attributes = Put === undefined ? (parameters as KeyAction).Key : Put.Item
  const returnOldOnFailure = parameters.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const sentBytes = bytesOfExpressions(parameters)
  return { kind, parameters, attributes, condition, update, returnOldOnFailure, sentBytes }
}

/** The one that is there of two actions; throws where both are. */
function onlyOne<Action>(a: Action | undefined, b: Action | undefined): Action | undefined {
  if (a !== undefined && b !== undefined) throw severalActions()
  return a ?? b
}

/** Placeholder values and expression texts. */
function bytesOfExpressions(parameters: ActionParameters): number {
  let sizeBytes = 0
  const values = parameters.ExpressionAttributeValues ?? undefined
  if (values !== undefined) {
    for (const value of Object.values(values)) sizeBytes += attributeValueSize(value)
  }
  const { ConditionExpression = '', UpdateExpression = '' } = parameters as Partial<UpdateAction>
  return sizeBytes + Buffer.byteLength(ConditionExpression) + Buffer.byteLength(UpdateExpression)
}

function kindOf({ Put, Update, Delete }: TransactWriteItem): Change['kind'] {
  if (Put !== undefined) return 'Put'
  if (Update !== undefined) return 'Update'
  return Delete !== undefined ? 'Delete' : 'ConditionCheck'
}

/** The model's constraint, which in a transaction waits for its action's turn. */
function checkReturnValues(
  { ReturnValuesOnConditionCheckFailure: value }: ActionParameters,
  kind: Change['kind'],
  position: number,
): void {
  if (value === undefined || value === 'ALL_OLD' || value === 'NONE') return
  throw unknownReturnValuesOnFailure(value, kind, position)
}

const noExpressions = { condition: undefined, update: undefined }

/** The names of an action without any expression are not looked at (behaviour digest 1.6). */
function compileExpressions(
  services: Services,
  parameters: ActionParameters,
  updateText: string | undefined,
): Pick<CheckedAction, 'condition' | 'update'> {
  if (updateText === undefined && parameters.ConditionExpression === undefined) {
    const { ExpressionAttributeValues } = parameters
    if ((ExpressionAttributeValues ?? undefined) !== undefined) {
      const values = { ExpressionAttributeValues }
      checkAllUsed(createExpressionContext(values, services, transactedValueRules))
    }
    return noExpressions
  }
  const context = createExpressionContext(parameters, services, transactedValueRules)
  const update = updateText === undefined ? undefined : compileUpdate(updateText, context)
  const condition = compileConditionExpression(parameters, context)
  checkAllUsed(context)
  return { condition, update }
}

/** A checked entry on its table. */
export interface BoundAction {
  readonly action: WriteAction | InvalidAction
  /** The item that the entry is about; undefined when its key names none. */
  readonly rowKey: Buffer | undefined
}

/**
 * Turns a checked entry into an action on its table. What does not match the table's schema makes
 * the action invalid, which cancels the transaction (behaviour digest 1.6, step 5).
 */
export function bindAction(table: Table, checked: CheckedAction): BoundAction {
  let rowKey: Buffer | undefined
  try {
    rowKey = rowKeyOfAction(table, checked)
    return { action: writeActionOf(table, checked, rowKey), rowKey }
  } catch (error) {
    if (!isValidationException(error)) throw error
    return { action: { invalid: error }, rowKey }
  }
}

/** The row that an action is about. Throws for what does not match the table's key schema. */
export function rowKeyOfAction(table: Table, { kind, attributes }: ItemAction): Buffer {
  return kind === 'Put' ? rowKeyOfItem(table, attributes) : rowKeyOfKey(table, attributes)
}

/** The write that an action is. Throws for what does not match the schema of table or indexes. */
export function writeActionOf(table: Table, checked: ItemAction, rowKey: Buffer): WriteAction {
  const { kind, attributes, condition, returnOldOnFailure, insertsOnly = false } = checked
  if (kind === 'Put') checkIndexKeys(table, attributes)
  else {
    checkKeysNotUpdated(table, checked.update)
    checkUpdateOutsideKeys(table, checked.update)
    checkIndexKeyTypes(table, checked.update)
  }
  return {
    table,
    key: attributes,
    rowKey,
    condition,
    change: changeOf(checked),
    returnOldOnFailure,
    insertsOnly,
  }
}

/** Throws for an empty key of the table or an index, which refuses the whole request (step 4). */
export function checkNoKeyEmpty(table: Table, { kind, attributes, update }: CheckedAction): void {
  checkKeysNotEmpty(table, attributes)
  if (kind === 'Put') checkIndexKeysNotEmpty(table, attributes)
  else checkIndexKeysNotEmptied(table, update)
}

function changeOf({ kind, attributes, update }: ItemAction): Change {
  if (kind === 'Put') return { kind, image: ItemImage.ofItem(attributes) }
  return kind === 'Update' ? { kind, update } : { kind }
}

/**
 * The size in bytes of what an action sends: item or key, and what it has beside them.
 * Throws itemTooLarge for a put of more than 400 KB.
 */
export function payloadSize({ kind, attributes, sentBytes }: CheckedAction): number {
  const sizeBytes = itemSize(attributes)
  if (kind === 'Put' && sizeBytes > maxItemSizeBytes) throw itemTooLarge()
  return sizeBytes + sentBytes
}
