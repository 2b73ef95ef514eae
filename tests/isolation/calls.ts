import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type BatchGetItemCommandOutput,
  type BatchWriteItemCommandOutput,
  type DeleteItemCommandOutput,
  type GetItemCommandOutput,
  type PutItemCommandOutput,
  type QueryCommandInput,
  type QueryCommandOutput,
  type ScanCommandInput,
  type ScanCommandOutput,
  type TransactGetItemsCommandOutput,
  type TransactWriteItemsCommandOutput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb'
import type { Call, Seen } from './client.ts'
import type { ItemWrite } from './history.ts'
import { beforeUpdate, type UpdateReturn } from './beforeUpdate.ts'
import {
  doneWriteOf,
  keyedRequest,
  nameOfAction,
  putRequest,
  transactItem,
  updateRequest,
  writeOf,
  type ItemAction,
} from './itemAction.ts'
import {
  chainOf,
  keyNameOf,
  primaryKeyOf,
  readAt,
  readOf,
  readsOnRefusal,
  type Item,
  type ItemPlace,
} from './itemChains.ts'

/** Calls of the API on items with chains, and what their answers tell the history. */

const isWrite = (write: ItemWrite | undefined): write is ItemWrite => write !== undefined

export function getItem(place: ItemPlace, consistent: boolean): Call<GetItemCommandOutput> {
  const input = { TableName: place.table, Key: primaryKeyOf(place), ConsistentRead: consistent }
  return {
    description: `GetItem(${keyNameOf(place)}${consistent ? ', consistent' : ''})`,
    level: consistent ? 'serializable' : 'readCommitted',
    send: (sdk, options) => sdk.send(new GetItemCommand(input), options),
    seen: ({ Item: item }) => ({ reads: [readAt(place, item)] }),
  }
}

export function transactGetItems(
  places: readonly ItemPlace[],
): Call<TransactGetItemsCommandOutput> {
  const items = places.map((place) => ({
    Get: { TableName: place.table, Key: primaryKeyOf(place) },
  }))
  return {
    description: `TransactGetItems(${places.map(keyNameOf).join(', ')})`,
    send: (sdk, options) =>
      sdk.send(new TransactGetItemsCommand({ TransactItems: items }), options),
    seen: ({ Responses: responses = [] }) => ({
      reads: places.map((place, i) => readAt(place, responses[i]?.Item)),
    }),
  }
}

/** Consistent reads are strictly serializable each by itself, though not together. */
export function batchGetItem(
  places: readonly ItemPlace[],
  consistent: boolean,
): Call<BatchGetItemCommandOutput> {
  const tables = [...new Set(places.map(({ table }) => table))]
  const requests = tables.map((table) => {
    const keys = places.filter((place) => place.table === table).map(primaryKeyOf)
    return [table, { Keys: keys, ConsistentRead: consistent }] as const
  })
  const input = { RequestItems: Object.fromEntries(requests) }
  return {
    description: `BatchGetItem(${places.map(keyNameOf).join(', ')}${consistent ? ', consistent' : ''})`,
    level: consistent ? 'serializable' : 'readCommitted',
    parts: places.length,
    send: (sdk, options) => sdk.send(new BatchGetItemCommand(input), options),
    seen: ({ Responses: responses = {} }) => {
      const found = Object.entries(responses).flatMap(([table, items]) =>
        items.map((item) => readOf(table, item)),
      )
      return {
        reads: places.map(
          (place) => found.find(({ key }) => key === keyNameOf(place)) ?? readAt(place, undefined),
        ),
      }
    },
  }
}

export function query(input: QueryCommandInput): Call<QueryCommandOutput> {
  const { TableName: table = '', IndexName: index } = input
  const value = Object.values(input.ExpressionAttributeValues ?? {})[0]?.S
  return {
    description: `Query(${table}/${index === undefined ? '' : `${index} `}${value})`,
    level: 'readCommitted',
    send: (sdk, options) => sdk.send(new QueryCommand(input), options),
    seen: ({ Items: items = [] }) => ({ reads: items.map((item) => readOf(table, item)) }),
  }
}

export function scan(input: ScanCommandInput): Call<ScanCommandOutput> {
  const { TableName: table = '' } = input
  return {
    description: `Scan(${table})`,
    level: 'readCommitted',
    send: (sdk, options) => sdk.send(new ScanCommand(input), options),
    seen: ({ Items: items = [] }) => ({ reads: items.map((item) => readOf(table, item)) }),
  }
}

/** REQUIRES: the actions are at distinct items, and a put expects something. */
export function transactWriteItems(
  actions: readonly ItemAction[],
  token: string | undefined,
): Call<TransactWriteItemsCommandOutput> {
  const input = {
    TransactItems: actions.map(transactItem),
    ...(token !== undefined && { ClientRequestToken: token }),
  }
  const checked = actions.flatMap(({ kind, place, expected }) =>
    kind === 'check' && expected !== undefined
      ? [{ key: keyNameOf(place), versions: expected }]
      : [],
  )
  return {
    description: `TransactWriteItems(${actions.map(nameOfAction).join(', ')})`,
    levelOnRefusal: 'readCommitted',
    writes: actions.map(writeOf).filter(isWrite),
    hasToken: token !== undefined,
    send: (sdk, options) => sdk.send(new TransactWriteItemsCommand(input), options),
    seen: () => ({
      reads: checked,
      writes: actions.map(doneWriteOf).filter(isWrite),
    }),
    seenOnRefusal: (error) =>
      readsOnRefusal(
        error,
        actions.map(({ place }) => place),
      ),
  }
}

/** What a single write saw: what it expected, and the chain before as its ReturnValues tell it. */
function seenBefore(action: ItemAction, before: readonly string[] | undefined): Seen {
  const write = doneWriteOf(action) as ItemWrite
  const { expected, place } = action
  if (before === undefined) return { writes: [write] }
  const expectation = expected === undefined ? [] : [{ key: keyNameOf(place), versions: expected }]
  return { reads: expectation, writes: [{ ...write, before }] }
}

/** Deletes items, each by itself, unless a transaction holds it. REQUIRES: distinct items. */
export function batchDelete(actions: readonly ItemAction[]): Call<BatchWriteItemCommandOutput> {
  const tables = [...new Set(actions.map(({ place }) => place.table))]
  const requests = tables.map((table) => {
    const here = actions.filter(({ place }) => place.table === table)
    return [
      table,
      here.map(({ place }) => ({ DeleteRequest: { Key: primaryKeyOf(place) } })),
    ] as const
  })
  const input = { RequestItems: Object.fromEntries(requests) }
  const writes = actions.map(writeOf).filter(isWrite)
  return {
    description: `BatchWriteItem(${actions.map(nameOfAction).join(', ')})`,
    writes,
    parts: actions.length,
    send: (sdk, options) => sdk.send(new BatchWriteItemCommand(input), options),
    seen: ({ UnprocessedItems: unprocessed = {} }) => {
      const left = Object.entries(unprocessed).flatMap(([table, items]) =>
        items.map((item) => readOf(table, item.DeleteRequest?.Key as Item).key),
      )
      return {
        writes: writes.filter(({ key }) => !left.includes(key)),
        refusedWrites: writes.filter(({ key }) => left.includes(key)),
      }
    },
  }
}

const refusalOf = ({ place }: ItemAction) => ({
  seenOnRefusal: (error: unknown) => readsOnRefusal(error, [place]),
})

export function updateItem(
  action: ItemAction,
  returnValues: UpdateReturn,
): Call<UpdateItemCommandOutput> {
  const input = { ...updateRequest(action), ReturnValues: returnValues }
  return {
    description: `UpdateItem(${nameOfAction(action)})`,
    writes: [writeOf(action) as ItemWrite],
    send: (sdk, options) => sdk.send(new UpdateItemCommand(input), options),
    seen: ({ Attributes: attributes }) =>
      seenBefore(action, beforeUpdate(returnValues, attributes, action.added)),
    ...refusalOf(action),
  }
}

export function putItem(action: ItemAction, returnsOld: boolean): Call<PutItemCommandOutput> {
  const input = { ...putRequest(action), ReturnValues: oldOrNone(returnsOld) }
  return {
    description: `PutItem(${nameOfAction(action)})`,
    writes: [writeOf(action) as ItemWrite],
    send: (sdk, options) => sdk.send(new PutItemCommand(input), options),
    seen: ({ Attributes: old }) => seenBefore(action, returnsOld ? chainOf(old) : undefined),
    ...refusalOf(action),
  }
}

export function deleteItem(action: ItemAction, returnsOld: boolean): Call<DeleteItemCommandOutput> {
  const input = { ...keyedRequest(action), ReturnValues: oldOrNone(returnsOld) }
  return {
    description: `DeleteItem(${nameOfAction(action)})`,
    writes: [writeOf(action) as ItemWrite],
    send: (sdk, options) => sdk.send(new DeleteItemCommand(input), options),
    seen: ({ Attributes: old }) => seenBefore(action, returnsOld ? chainOf(old) : undefined),
    ...refusalOf(action),
  }
}

const oldOrNone = (old: boolean): 'ALL_OLD' | 'NONE' => (old ? 'ALL_OLD' : 'NONE')
