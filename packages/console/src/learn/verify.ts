import {
  GetItemCommand,
  paginateScan,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import type { Check, Expectation, Item, TableKey } from './course.ts'
import { keyOfTable } from './stage.ts'

export interface Verdict {
  readonly says: string
  readonly isPassed: boolean
  /** What there is instead. */
  readonly found?: string | undefined
}

/** What the database, and what a program has printed, say to each check. */
export async function verify(
  client: DynamoDBClient,
  checks: readonly Check[],
  printed: readonly string[],
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const { expectation, says } of checks) {
    const found = await difference(client, expectation, printed)
    verdicts.push({ says, isPassed: found === undefined, found })
  }
  return verdicts
}

/** What there is instead of what is expected; undefined if it is there. */
async function difference(
  client: DynamoDBClient,
  expectation: Expectation,
  printed: readonly string[],
): Promise<string | undefined> {
  if (expectation.kind === 'prints') return differenceOfOutput(expectation.line, printed)
  const { kind, table } = expectation
  const key = await keyOfTable(client, table)
  if (kind === 'absent') return key === undefined ? undefined : `${table} is there.`
  if (key === undefined) return `There is no table ${table}.`
  if (kind === 'table') return differenceOfKey(table, key, expectation.key)
  if (kind === 'has') return differenceOfItem(client, table, key, expectation.attributes)
  return differenceOfItems(client, table, key, expectation.items)
}

function differenceOfOutput(line: string, printed: readonly string[]): string | undefined {
  if (printed.some((each) => each.trim() === line)) return undefined
  const last = printed.at(-1)
  return last === undefined ? 'Nothing was printed.' : `The last line printed is: ${last}`
}

function differenceOfKey(table: string, key: TableKey, wanted: TableKey): string | undefined {
  const [found, other] = [JSON.stringify(key), JSON.stringify(wanted)]
  return found === other ? undefined : `${table} has the key ${found}.`
}

async function differenceOfItem(
  client: DynamoDBClient,
  table: string,
  tableKey: TableKey,
  wanted: Item,
): Promise<string | undefined> {
  const key = keyOf(tableKey, wanted)
  const input = { TableName: table, Key: key, ConsistentRead: true }
  const { Item: found } = await client.send(new GetItemCommand(input)).catch(noneOfOtherKey)
  if (found === undefined) return `${table} has no item ${text(key)}.`
  return differenceOfAttributes(`${table} ${text(key)}`, found, wanted)
}

/** A key of other attributes or types: no such item can be there. */
function noneOfOtherKey(error: unknown): { readonly Item?: undefined } {
  if (error instanceof Error && error.name === 'ValidationException') return {}
  throw error
}

function differenceOfAttributes(name: string, found: Item, wanted: Item): string | undefined {
  const differences = Object.entries(wanted).flatMap(([attribute, value]) => {
    const present = found[attribute]
    if (present !== undefined && isSame(present, value)) return []
    const now = present === undefined ? 'absent' : text(present)
    return `${attribute} is ${now}, not ${text(value)}`
  })
  return differences.length === 0 ? undefined : `${name}: ${differences.join('; ')}.`
}

async function differenceOfItems(
  client: DynamoDBClient,
  table: string,
  key: TableKey,
  wanted: readonly Item[],
): Promise<string | undefined> {
  const left = new Map(wanted.map((item) => [text(keyOf(key, item)), item]))
  const pages = paginateScan({ client }, { TableName: table, ConsistentRead: true })
  for await (const { Items = [] } of pages) {
    for (const found of Items) {
      const name = text(keyOf(key, found))
      const item = left.get(name)
      if (item === undefined) return `${table} has ${text(found)}.`
      const odd = differenceOfAttributes(`${table} ${name}`, found, item)
      if (odd !== undefined) return odd
      const other = Object.keys(found).find((attribute) => !(attribute in item))
      if (other !== undefined) return `${table} ${name} has the attribute ${other}.`
      left.delete(name)
    }
  }
  const [missing] = left.keys()
  return missing === undefined ? undefined : `${table} has no item ${missing}.`
}

const keyOf = (key: TableKey, item: Item): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.keys(key).flatMap((name) => {
      const value = item[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

const isSame = (one: AttributeValue, other: AttributeValue): boolean => text(one) === text(other)

/** Members in order, so that equal values have equal texts. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
