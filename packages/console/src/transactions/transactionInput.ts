import type {
  TransactGetItemsCommandInput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { KeyAttribute } from '../database/tables.ts'
import { toBase64 } from '../values/base64.ts'
import { itemFromDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { isObject, JsonFault, parseExactJson } from '../values/exactJson.ts'
import { operandFrom } from '../values/operand.ts'
import { itemFromPlainJson } from '../values/plainJson.ts'
import type { ActionDraft, JsonForm, TransactionDraft } from './transactionDraft.ts'

/** The primary keys of tables, as far as they are known. */
export type KnownKeys = ReadonlyMap<string, readonly KeyAttribute[]>

/** The request of a draft that writes. Throws JsonFault that says which action is none. */
export function writeInput(
  draft: TransactionDraft,
  keys: KnownKeys,
): TransactWriteItemsCommandInput {
  const { form, token } = draft
  return {
    TransactItems: draft.writes.map((action, i) =>
      naming(i, () => writeAction(action, form, keys.get(action.table))),
    ),
    ...(token !== '' && { ClientRequestToken: token }),
  }
}

/** The same of a draft that reads. */
export function readInput(draft: TransactionDraft, keys: KnownKeys): TransactGetItemsCommandInput {
  return {
    TransactItems: draft.reads.map((action, i) =>
      naming(i, () => ({
        Get: {
          TableName: action.table,
          Key: keyOf(action, draft.form, keys.get(action.table)),
          ...(action.projection !== '' && { ProjectionExpression: action.projection }),
          ...namesOf(action),
        },
      })),
    ),
  }
}

function naming<Result>(index: number, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (error instanceof JsonFault) throw new JsonFault(`Action ${index + 1}: ${error.message}`)
    throw error
  }
}

function writeAction(
  action: ActionDraft,
  form: JsonForm,
  key: readonly KeyAttribute[] | undefined,
): TransactWriteItem {
  const { kind, table: TableName, condition, update, returnsOld } = action
  const shared = {
    TableName,
    ...namesOf(action),
    ...valuesOf(action, form),
    ...(returnsOld && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
  }
  const conditional = { ...shared, ...(condition !== '' && { ConditionExpression: condition }) }
  if (kind === 'Put') return { Put: { ...conditional, Item: itemFrom(action.item, form, 'Item') } }
  const Key = keyOf(action, form, key)
  if (kind === 'Update') return { Update: { ...conditional, Key, UpdateExpression: update } }
  if (kind === 'Delete') return { Delete: { ...conditional, Key } }
  return { ConditionCheck: { ...shared, Key, ConditionExpression: condition } }
}

function keyOf(
  { key, keyJson }: ActionDraft,
  form: JsonForm,
  attributes: readonly KeyAttribute[] | undefined,
): Item {
  if (attributes === undefined) return itemFrom(keyJson, form, 'Key')
  return Object.fromEntries(
    attributes.map(({ name, type }, i) => [name, operandFrom(type, key[i] ?? '')]),
  )
}

function itemFrom(text: string, form: JsonForm, what: string): Item {
  try {
    const json = parseExactJson(text)
    return form === 'plain' ? itemFromPlainJson(json) : itemFromDynamodbJson(json)
  } catch (error) {
    if (error instanceof JsonFault) throw new JsonFault(`${what}: ${error.message}`)
    throw error
  }
}

function namesOf({ names }: ActionDraft): { ExpressionAttributeNames?: Record<string, string> } {
  if (names.trim() === '') return {}
  const json = parseExactJson(names)
  const isWhole = isObject(json) && Object.values(json).every((name) => typeof name === 'string')
  if (!isWhole) throw new JsonFault('Names: an object of texts, such as { "#n": "name" }.')
  return { ExpressionAttributeNames: json as Record<string, string> }
}

const valuesOf = ({ values }: ActionDraft, form: JsonForm): { ExpressionAttributeValues?: Item } =>
  values.trim() === '' ? {} : { ExpressionAttributeValues: itemFrom(values, form, 'Values') }

/** A request as the API has it over HTTP: bytes are base64. */
export function requestJson(request: object, indent?: number): string {
  const encoded = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? toBase64(value) : value
  return JSON.stringify(request, encoded, indent)
}
