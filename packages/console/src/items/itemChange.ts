import type { PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { itemToDynamodbJson, toDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { writeExactJson } from '../values/exactJson.ts'

/** What becomes of one attribute; the texts are DynamoDB JSON. */
export interface AttributeChange {
  readonly name: string
  /** Undefined for one that is added. */
  readonly before: string | undefined
  /** Undefined for one that is removed. */
  readonly after: string | undefined
}

/** The attributes that differ, those of `before` first. */
export function changesBetween(before: Item, after: Item): readonly AttributeChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names]
    .map((name) => ({ name, before: textOf(before, name), after: textOf(after, name) }))
    .filter((change) => change.before !== change.after)
}

function textOf(item: Item, name: string): string | undefined {
  const value = Object.hasOwn(item, name) ? item[name] : undefined
  return value === undefined ? undefined : writeExactJson(toDynamodbJson(value))
}

/** The key of an item, of the attributes that its table has in its key. */
export const keyOf = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])))

/** A key for an address, in DynamoDB JSON. */
export const keyText = (key: Item): string => writeExactJson(itemToDynamodbJson(key), '')

/** Of more attributes than this only those that change are held to what was read. */
const mostHeld = 100

export interface Edit {
  readonly tableName: string
  readonly keyNames: readonly string[]
  /** What was read. */
  readonly before: Item
  readonly after: Item
}

/**
 * The request that makes an edit, of an item that is as it was read. DynamoDB bounds a condition,
 * so that of a very wide item only the attributes that change are compared. REQUIRES: the key is as
 * it was, and something differs.
 */
export function updateInput({ tableName, keyNames, before, after }: Edit): UpdateItemCommandInput {
  const changes = changesBetween(before, after)
  const read = Object.keys(before).filter((name) => !keyNames.includes(name))
  const held = read.length <= mostHeld ? read : changes.map(({ name }) => name)
  const names: Record<string, string> = {}
  const values: UpdateItemCommandInput['ExpressionAttributeValues'] = {}
  const placeholders = new Map<string, string>()
  const nameOf = (name: string): string => {
    const known = placeholders.get(name) ?? `#n${placeholders.size}`
    placeholders.set(name, known)
    names[known] = name
    return known
  }
  const valueOf = (prefix: string, item: Item, name: string): string => {
    const placeholder = `:${prefix}${Object.keys(values).length}`
    const value = item[name]
    if (value !== undefined) values[placeholder] = value
    return placeholder
  }
  const conditions = [
    ...keyNames.map((name) => `attribute_exists(${nameOf(name)})`),
    ...held
      .filter((name) => Object.hasOwn(before, name))
      .map((name) => `${nameOf(name)} = ${valueOf('old', before, name)}`),
    ...changes
      .filter((change) => change.before === undefined)
      .map(({ name }) => `attribute_not_exists(${nameOf(name)})`),
  ]
  const kept = changes.filter((change) => change.after !== undefined)
  const removed = changes.filter((change) => change.after === undefined)
  const sets = kept.map(({ name }) => `${nameOf(name)} = ${valueOf('new', after, name)}`)
  const updates = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removed.length > 0 ? [`REMOVE ${removed.map(({ name }) => nameOf(name)).join(', ')}`] : []),
  ]
  return {
    TableName: tableName,
    Key: keyOf(before, keyNames),
    UpdateExpression: updates.join(' '),
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ReturnConsumedCapacity: 'TOTAL',
  }
}

/** The request that makes an item where there is none, as a new one and as one that is put back. */
export const newItemInput = (
  tableName: string,
  item: Item,
  keyNames: readonly string[],
): PutItemCommandInput => ({
  TableName: tableName,
  Item: item,
  ConditionExpression: 'attribute_not_exists(#key)',
  ExpressionAttributeNames: { '#key': keyNames[0] ?? '' },
  ReturnConsumedCapacity: 'TOTAL',
})
