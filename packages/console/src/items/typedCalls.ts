import type { AttributeValue, TableDescription } from '@aws-sdk/client-dynamodb'
import { printed } from '../copying/sdkV3.ts'
import {
  Inexpressible,
  objectText,
  quote,
  valueText,
  type TypedCall,
} from '../copying/typedClient.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { operandFrom } from '../values/operand.ts'
import { changesBetween, type Edit } from './itemChange.ts'
import type { FilterDraft, ReadDraft } from './readDraft.ts'
import { keyNamesOf } from './readInput.ts'

/*
 * What pages ask for, as calls of `@dynatom/client`. They throw Inexpressible for what it has no
 * call for: it never reads more or less than the request that is copied.
 */

/** `known` are the attributes of items that were read: the client gives those that it is told. */
export function typedRead(
  table: TableDescription,
  draft: ReadDraft,
  known: readonly string[],
): TypedCall {
  if (draft.index !== '') {
    throw new Inexpressible('keys of its indexes are made of templates that it is told.')
  }
  const { text, attributes } = draft.mode === 'scan' ? typedScan(draft) : typedQuery(table, draft)
  return { text, attributes: [...new Set([...attributes, ...known])] }
}

function typedScan(draft: ReadDraft): TypedCall {
  if (draft.filters.some(({ path }) => path.trim() !== '')) {
    throw new Inexpressible('its scans have no filter.')
  }
  const options = objectText({
    pageSize: String(Number(draft.limit)),
    consistent: draft.isConsistent ? 'true' : undefined,
  })
  return {
    text: `const page = await db.scan([Item], ${options}).take(${Number(draft.limit)})
for (const { item } of page.items) ${printed('item')}`,
    attributes: [],
  }
}

function typedQuery(table: TableDescription, draft: ReadDraft): TypedCall {
  const { partitionKey, sortKey } = keyNamesOf(table, '')
  const filters = draft.filters.filter(({ path }) => path.trim() !== '')
  const options = {
    filter: filters.length === 0 ? undefined : filterText(filters),
    reverse: draft.isDescending ? 'true' : undefined,
    consistent: draft.isConsistent ? 'true' : undefined,
    pageSize: String(Number(draft.limit)),
  }
  const partition = objectText({ [partitionKey]: quote(draft.partitionValue) })
  const attributes = filters.map(({ path }) => path.trim().replace(/[.[].*$/s, ''))
  const taken = `.take(${Number(draft.limit)})\nfor (const item of page.items) ${printed('item')}`
  if (sortKey === undefined || draft.sortValue === '') {
    const text = `const page = await db.query(Item, ${partition}, ${objectText(options)})${taken}`
    return { text, attributes }
  }
  const value = objectText({ [sortKey]: quote(draft.sortValue) })
  const { sortOperator } = draft
  if (sortOperator === 'begins_with') {
    const given = `${partition}, ${value}, ${objectText(options)}`
    return { text: `const page = await db.queryPrefix(Item, ${given})${taken}`, attributes }
  }
  if (sortOperator !== '=' && sortOperator !== '>=') {
    throw new Inexpressible(
      `a query of a part begins or ends with what keys begin with, not by ${sortOperator}.`,
    )
  }
  const range = { [sortOperator === '=' ? 'sort' : 'from']: value }
  const given = `${partition}, ${objectText({ ...range, ...options })}`
  return { text: `const page = await db.query(Item, ${given})${taken}`, attributes }
}

/** The tests of one path are members of one object; several objects would be alternatives. */
function filterText(filters: readonly FilterDraft[]): string {
  const paths = filters.map(({ path }) => path.trim())
  const twice = paths.find((path, i) => paths.indexOf(path) !== i)
  if (twice !== undefined) throw new Inexpressible(`a filter has ${twice} once.`)
  return objectText(Object.fromEntries(filters.map((each, i) => [paths[i], testText(each)])))
}

function testText({ operator, type, value, upper }: FilterDraft): string {
  const operand = (text: string): string => valueText(operandFrom(type, text))
  const tests: Readonly<Record<FilterDraft['operator'], () => string>> = {
    '=': () => `{ eq: ${operand(value)} }`,
    '<>': () => `{ ne: ${operand(value)} }`,
    '<': () => `{ lt: ${operand(value)} }`,
    '<=': () => `{ le: ${operand(value)} }`,
    '>': () => `{ gt: ${operand(value)} }`,
    '>=': () => `{ ge: ${operand(value)} }`,
    between: () => `{ between: [${operand(value)}, ${operand(upper)}] }`,
    in: () => `{ in: [${value.split('\n').map(operand).join(', ')}] }`,
    begins_with: () => `{ beginsWith: ${operand(value)} }`,
    contains: () => `{ contains: ${operand(value)} }`,
    'not contains': () => `{ not: { contains: ${operand(value)} } }`,
    attribute_exists: () => '{ exists: true }',
    attribute_not_exists: () => '{ exists: false }',
    attribute_type: () => `{ type: ${quote(type)} }`,
    'size =': () => `{ size: ${Number(value)} }`,
    'size <': () => `{ size: { lt: ${Number(value)} } }`,
    'size >': () => `{ size: { gt: ${Number(value)} } }`,
  }
  return tests[operator]()
}

const keyObject = (key: Item): string =>
  objectText(Object.fromEntries(Object.entries(key).map(([name, each]) => [name, valueText(each)])))

export const typedGet = (key: Item, item: Item): TypedCall => ({
  text: `const item = await db.get(Item, ${keyObject(key)}, { consistent: true })
${printed('item')}`,
  attributes: Object.keys(item),
})

export const typedInsert = (item: Item): TypedCall => ({
  text: `await db.insert(Item, ${keyObject(item)})`,
  attributes: Object.keys(item),
})

/** An edit, of an item that is as it was read. */
export function typedEdit({ keyNames, before, after }: Edit, key: Item): TypedCall {
  const changes = changesBetween(before, after)
  const valueOf = (item: Item, name: string): string => valueText(item[name] as AttributeValue)
  const held = Object.keys(before).filter((name) => !keyNames.includes(name))
  const added = changes.filter((change) => change.before === undefined)
  const conditions = {
    ...Object.fromEntries(held.map((name) => [name, `{ eq: ${valueOf(before, name)} }`])),
    ...Object.fromEntries(added.map(({ name }) => [name, '{ exists: false }'])),
  }
  const kept = changes.filter((change) => change.after !== undefined)
  const removed = changes.filter((change) => change.after === undefined)
  const set = Object.fromEntries(kept.map(({ name }) => [name, valueOf(after, name)]))
  const changeText = objectText({
    set: kept.length === 0 ? undefined : objectText(set),
    remove:
      removed.length === 0 ? undefined : `[${removed.map(({ name }) => quote(name)).join(', ')}]`,
  })
  const options = objectText({ mustExist: 'true', if: objectText(conditions) })
  return {
    text: `await db.update(Item, ${keyObject(key)}, ${changeText}, ${options})`,
    attributes: [...new Set([...Object.keys(before), ...Object.keys(after)])],
  }
}
