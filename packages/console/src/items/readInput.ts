import type {
  AttributeValue,
  QueryCommandInput,
  ScanCommandInput,
  TableDescription,
} from '@aws-sdk/client-dynamodb'
import { operandFrom } from '../values/operand.ts'
import type { FilterDraft, ReadDraft } from './readDraft.ts'

/** The names of the key attributes of a table or an index; no sort key where there is none. */
export interface KeyNames {
  readonly partitionKey: string
  readonly sortKey: string | undefined
}

export type ReadInput =
  | { readonly mode: 'query'; readonly input: QueryCommandInput }
  | { readonly mode: 'scan'; readonly input: ScanCommandInput }

/** The keys of an index of a table, or of the table itself for an empty name. */
export function keyNamesOf(table: TableDescription, index: string): KeyNames {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
  const named = indexes.find(({ IndexName }) => IndexName === index)
  const schema = (index === '' ? table : named)?.KeySchema ?? []
  const nameOf = (type: string): string | undefined =>
    schema.find(({ KeyType }) => KeyType === type)?.AttributeName
  return { partitionKey: nameOf('HASH') ?? '', sortKey: nameOf('RANGE') }
}

/** The type of a key attribute of a table. */
export const keyTypeOf = (table: TableDescription, name: string): string =>
  table.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === name)?.AttributeType ??
  'S'

/** The request of a draft, without its page. Throws JsonFault for values that are none. */
export function readInput(table: TableDescription, draft: ReadDraft): ReadInput {
  const names = new Placeholders()
  const filter = draft.filters
    .filter(({ path }) => path.trim() !== '')
    .map((each) => filterText(each, names))
    .join(' AND ')
  const shared = {
    TableName: table.TableName,
    ...(draft.index !== '' && { IndexName: draft.index }),
    Limit: Number(draft.limit),
    ...(draft.isConsistent && { ConsistentRead: true }),
    ...(filter !== '' && { FilterExpression: filter }),
    ReturnConsumedCapacity: 'TOTAL' as const,
  }
  if (draft.mode === 'scan') return { mode: 'scan', input: { ...shared, ...names.members() } }
  const condition = keyCondition(table, draft, names)
  return {
    mode: 'query',
    input: {
      ...shared,
      KeyConditionExpression: condition,
      ScanIndexForward: !draft.isDescending,
      ...names.members(),
    },
  }
}

/** Stands for the names and values of an expression, so that reserved words do no harm. */
class Placeholders {
  private readonly names = new Map<string, string>()
  private readonly values: Record<string, AttributeValue> = {}

  /** A document path with its names replaced. */
  path(path: string): string {
    return path
      .split('.')
      .map((part) => {
        const [, name = part, indexes = ''] = /^(.*?)((?:\[\d+\])*)$/.exec(part.trim()) ?? []
        return this.name(name) + indexes
      })
      .join('.')
  }

  name(name: string): string {
    const known = this.names.get(name)
    if (known !== undefined) return known
    const placeholder = `#n${this.names.size}`
    this.names.set(name, placeholder)
    return placeholder
  }

  value(value: AttributeValue): string {
    const placeholder = `:v${Object.keys(this.values).length}`
    this.values[placeholder] = value
    return placeholder
  }

  members() {
    const hasValues = Object.keys(this.values).length > 0
    const names = [...this.names].map(([name, placeholder]) => [placeholder, name] as const)
    return {
      ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
      ...(hasValues && { ExpressionAttributeValues: this.values }),
    }
  }
}

function keyCondition(table: TableDescription, draft: ReadDraft, names: Placeholders): string {
  const { partitionKey, sortKey } = keyNamesOf(table, draft.index)
  const operand = (name: string, text: string): string =>
    names.value(operandFrom(keyTypeOf(table, name), text))
  const partition = `${names.name(partitionKey)} = ${operand(partitionKey, draft.partitionValue)}`
  if (sortKey === undefined || draft.sortValue === '') return partition
  const key = names.name(sortKey)
  const value = operand(sortKey, draft.sortValue)
  const { sortOperator } = draft
  if (sortOperator === 'begins_with') return `${partition} AND begins_with(${key}, ${value})`
  if (sortOperator === 'between') {
    return `${partition} AND ${key} BETWEEN ${value} AND ${operand(sortKey, draft.sortUpper)}`
  }
  return `${partition} AND ${key} ${sortOperator} ${value}`
}

function filterText(filter: FilterDraft, names: Placeholders): string {
  const { path, operator, type, value, upper } = filter
  const place = names.path(path)
  const operand = (text: string): string => names.value(operandFrom(type, text))
  switch (operator) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return `${operator}(${place})`
    case 'attribute_type':
      return `attribute_type(${place}, ${names.value({ S: type })})`
    case 'begins_with':
    case 'contains':
      return `${operator}(${place}, ${operand(value)})`
    case 'not contains':
      return `NOT contains(${place}, ${operand(value)})`
    case 'between':
      return `${place} BETWEEN ${operand(value)} AND ${operand(upper)}`
    case 'in':
      return `${place} IN (${value.split('\n').map(operand).join(', ')})`
    case 'size =':
    case 'size <':
    case 'size >':
      return `size(${place}) ${operator.slice(5)} ${names.value({ N: value })}`
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      break
  }
  return `${place} ${operator} ${operand(value)}`
}
