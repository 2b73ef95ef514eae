import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import type { ItemRead } from './history.ts'

/** How a chain of versions is kept in an item: the attribute `chain`, a list of strings. */

export type Item = Record<string, AttributeValue>

/** One item: where it is and how the history calls it. */
export interface ItemPlace {
  readonly table: string
  readonly partition: string
  readonly id: string
}

export function keyNameOf({ table, partition, id }: ItemPlace): string {
  return `${table}/${partition}/${id}`
}

export function primaryKeyOf({ partition, id }: ItemPlace): Item {
  return { pk: { S: partition }, sk: { S: id } }
}

/** The same words come back in many answers; a history that lives for long keeps each of them once. */
const words = new Map<string, string>()
const mostWords = 100_000

function kept(word: string): string {
  const known = words.get(word)
  if (known !== undefined) return known
  if (words.size >= mostWords) words.clear()
  words.set(word, word)
  return word
}

export function chainOf(item: Item | undefined): string[] {
  return item?.['chain']?.L?.map(({ S }) => kept(S as string)) ?? []
}

export function chainValue(versions: readonly string[]): AttributeValue {
  return { L: versions.map((version) => ({ S: version })) }
}

/** What an item that came back says; its table is not in it. */
export function readOf(table: string, item: Item): ItemRead {
  const place = { table, partition: item['pk']?.S as string, id: item['sk']?.S as string }
  return readAt(place, item)
}

/**
 * What failed conditions show, when they were asked for the old items; `places` are those of the
 * actions, in their order. Without an item there was none.
 */
export function readsOnRefusal(error: unknown, places: readonly ItemPlace[]): ItemRead[] {
  if (error instanceof ConditionalCheckFailedException) {
    return [readAt(places[0] as ItemPlace, error.Item)]
  }
  if (!(error instanceof TransactionCanceledException)) return []
  return (error.CancellationReasons ?? []).flatMap(({ Code: code, Item: item }, i) =>
    code === 'ConditionalCheckFailed' ? [readAt(places[i] as ItemPlace, item)] : [],
  )
}

/** What a read at a place says, when it came back with `item` or with nothing. */
export function readAt(place: ItemPlace, item: Item | undefined): ItemRead {
  return { key: kept(keyNameOf(place)), versions: chainOf(item) }
}

/** The parts of a request that add versions to a chain, or make the chain when there is none. */
export const appendExpression = 'chain = list_append(if_not_exists(chain, :none), :added)'

export function appendValues(added: readonly string[]): Item {
  return { ':none': { L: [] }, ':added': chainValue(added) }
}

/** A condition that holds when the chain is the expected one; an empty one is an absent item. */
export function conditionOn(expected: readonly string[]): {
  readonly ConditionExpression: string
  readonly values: Item
} {
  if (expected.length === 0) return { ConditionExpression: 'attribute_not_exists(pk)', values: {} }
  return { ConditionExpression: 'chain = :expected', values: { ':expected': chainValue(expected) } }
}

/** Leaves ExpressionAttributeValues out when there are none, as DynamoDB demands. */
export function valuesOf(values: Item): { ExpressionAttributeValues?: Item } {
  return Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }
}
