import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item } from '../values/dynamodbJson.ts'
import { cellText } from './itemText.ts'
import type { KeyNames } from './readInput.ts'

/** Items with the same partition key. */
export interface ItemCollection {
  readonly partition: AttributeValue
  /** The partition key as text. */
  readonly name: string
  readonly members: readonly Member[]
}

/** An item and the kind of thing that its key says it is. */
export interface Member {
  readonly item: Item
  readonly entity: string
}

/** `USER#ann` begins with USER; so do `USER:ann`, `USER/ann`, `USER|ann` and `USER~ann`. */
const prefixForm = /^([^#:/|~]+)[#:/|~]/
/** A sort key that is all of a word names its entity, as `PROFILE` does. */
const wordForm = /^[A-Z][A-Z0-9_-]*$/

function prefixOf(value: AttributeValue | undefined): string | undefined {
  const [, prefix] = prefixForm.exec(value?.S ?? '') ?? []
  return prefix
}

/**
 * The entity of an item in a table of several kinds of things, by how its keys begin: the prefix of
 * its sort key, within that of its partition key where it is another one.
 */
export function entityOf(item: Item, { partitionKey, sortKey }: KeyNames): string {
  const owner = prefixOf(item[partitionKey])
  const sort = sortKey === undefined ? undefined : item[sortKey]
  const word = sort?.S !== undefined && wordForm.test(sort.S) ? sort.S : undefined
  const own = prefixOf(sort) ?? word
  if (own === undefined) {
    if (owner === undefined) return 'No prefix'
    return sortKey === undefined ? owner : `No prefix in ${owner}`
  }
  return owner === undefined || owner === own ? own : `${own} in ${owner}`
}

/** Items as collections, in the order in which they were read. */
export function collectionsOf(
  items: readonly Item[],
  keyNames: KeyNames,
): readonly ItemCollection[] {
  const found = new Map<string, { partition: AttributeValue; members: Member[] }>()
  for (const item of items) {
    const partition = item[keyNames.partitionKey] ?? { NULL: true }
    const name = cellText(partition)
    const collection = found.get(name) ?? { partition, members: [] }
    collection.members.push({ item, entity: entityOf(item, keyNames) })
    found.set(name, collection)
  }
  return [...found].map(([name, collection]) => ({ name, ...collection }))
}

/** The entities of collections with the number of their items, by name. */
export function entitiesOf(
  collections: readonly ItemCollection[],
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { entity } of collections.flatMap(({ members }) => members)) {
    counts.set(entity, (counts.get(entity) ?? 0) + 1)
  }
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1))
}
