import type { ItemRead } from '../../isolation/history.ts'
import type { Item } from '../../model/attributes.ts'
import type { BatchGetItem } from '../../model/batches.ts'
import type { PlainOperation } from '../../model/operations.ts'
import type { TransactWriteItems } from '../../model/transactions.ts'
import { keyOfAction, type Action, type SingleWrite } from '../../model/writes.ts'
import { unreachable } from '../../model/unreachable.ts'
import type { Body } from '../world/simulatedServer.ts'
import { chainOf, isTemporary, nameIn } from './tables.ts'

/** What an answer shows of the items. */
export interface Seen {
  readonly reads: readonly ItemRead[]
  /** The chains that the writes of the request found. */
  readonly befores: ReadonlyMap<string, readonly string[]>
}

export const nothingSeen: Seen = { reads: [], befores: new Map() }

/** What a response shows of the shared items. */
export function seenInResponse(operation: PlainOperation, body: Body): Seen {
  switch (operation.kind) {
    case 'SingleWrite':
      return { reads: [], befores: before(operation, body['Attributes'] as Item | undefined) }
    case 'GetItem':
      return reads([readOf(operation.table, operation.key, body['Item'] as Item | undefined)])
    case 'TransactGetItems': {
      const responses = body['Responses'] as readonly { readonly Item?: Item }[]
      return reads(
        operation.gets.map(({ table, key }, i) => readOf(table, key, responses[i]?.Item)),
      )
    }
    case 'BatchGetItem':
      return reads(batchReads(operation, body))
    case 'TransactWriteItems':
    case 'BatchWriteItem':
    case 'UpdateTimeToLive':
    case 'DescribeTimeToLive':
      return nothingSeen
    default:
      return unreachable(operation)
  }
}

/** What the error of failed conditions shows of the shared items. */
export function seenInError(operation: PlainOperation, type: string, body: Body): Seen {
  if (operation.kind === 'SingleWrite' && type === 'ConditionalCheckFailedException') {
    return shown(operation.action, body['Item'] as Item | undefined)
  }
  if (operation.kind === 'TransactWriteItems') return seenInReasons(operation, body)
  return nothingSeen
}

function seenInReasons({ actions }: TransactWriteItems, body: Body): Seen {
  const reasons = (body['CancellationReasons'] ?? []) as readonly { Code: string; Item?: Item }[]
  return reads(
    reasons.flatMap(({ Code, Item: item }, i) => {
      if (Code !== 'ConditionalCheckFailed') return []
      return shown(actions[i] as Action, item).reads
    }),
  )
}

/** An item that failed a condition is shown when that was asked for; then none means absent. */
function shown(action: Action, item: Item | undefined): Seen {
  return action.showOld ? reads([readOf(action.table, keyOfAction(action), item)]) : nothingSeen
}

const reads = (all: readonly (ItemRead | undefined)[]): Seen => ({
  reads: all.filter((read) => read !== undefined),
  befores: new Map(),
})

function batchReads({ reads: asked }: BatchGetItem, body: Body): (ItemRead | undefined)[] {
  const responses = body['Responses'] as Readonly<Record<string, readonly Item[]>>
  return asked.flatMap(({ table, keys }) => {
    const found = new Map(responses[table]?.map((item) => [nameIn(table, item), item]))
    return keys.map((key) => readOf(table, key, found.get(nameIn(table, key))))
  })
}

function before(
  { action, returnValues }: SingleWrite,
  attributes: Item | undefined,
): Map<string, readonly string[]> {
  const name = nameIn(action.table, keyOfAction(action))
  if (returnValues === 'NONE') return new Map()
  const chain = chainOf(attributes)
  if (!returnValues.endsWith('NEW')) return new Map([[name, chain]])
  return new Map([[name, chain.slice(0, -addedBy(action))]])
}

/** How many ids an update appends. */
function addedBy(action: Action): number {
  if (action.kind !== 'Update') return 0
  const [first] = action.update
  const value = first?.clause === 'SET' && first.value.kind === 'list_append' && first.value.right
  return value !== false && value !== undefined && value.kind === 'value' && 'L' in value.value
    ? value.value.L.length
    : 0
}

/** The read of one item; none of a temporary table, whose items are in no history. */
export function readOf(table: string, key: Item, item: Item | undefined): ItemRead | undefined {
  if (isTemporary(table)) return undefined
  return { key: nameIn(table, key), versions: chainOf(item) }
}
