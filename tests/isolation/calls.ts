import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type BatchGetItemCommandOutput,
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
import type { Call } from './client.ts'
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
    readsApart: places.length,
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

/** REQUIRES: the actions are at distinct items. */
export function transactWriteItems(
  actions: readonly ItemAction[],
  token: string | undefined,
): Call<TransactWriteItemsCommandOutput> {
  const input = {
    TransactItems: actions.map(transactItem),
    ...(token !== undefined && { ClientRequestToken: token }),
  }
  const checked = actions.filter(({ kind }) => kind === 'check')
  return {
    description: `TransactWriteItems(${actions.map(nameOfAction).join(', ')})`,
    levelOnRefusal: 'readCommitted',
    writes: actions.map(writeOf).filter(isWrite),
    hasToken: token !== undefined,
    send: (sdk, options) => sdk.send(new TransactWriteItemsCommand(input), options),
    seen: () => ({
      reads: checked.map(({ place, expected = [] }) => ({
        key: keyNameOf(place),
        versions: expected,
      })),
      writes: actions.map(doneWriteOf).filter(isWrite),
    }),
    seenOnRefusal: (error) =>
      readsOnRefusal(
        error,
        actions.map(({ place }) => place),
      ),
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
  const write = doneWriteOf(action) as ItemWrite
  return {
    description: `UpdateItem(${nameOfAction(action)})`,
    writes: [writeOf(action) as ItemWrite],
    send: (sdk, options) => sdk.send(new UpdateItemCommand(input), options),
    seen: ({ Attributes: attributes }) => {
      const before = beforeUpdate(returnValues, attributes, action.added)
      return { writes: [before === undefined ? write : { ...write, before }] }
    },
    ...refusalOf(action),
  }
}

export function putItem(action: ItemAction, returnsOld: boolean): Call<PutItemCommandOutput> {
  const input = { ...putRequest(action), ReturnValues: oldOrNone(returnsOld) }
  const write = doneWriteOf(action) as ItemWrite
  return {
    description: `PutItem(${nameOfAction(action)})`,
    writes: [writeOf(action) as ItemWrite],
    send: (sdk, options) => sdk.send(new PutItemCommand(input), options),
    seen: ({ Attributes: old }) => ({
      writes: [returnsOld ? { ...write, before: chainOf(old) } : write],
    }),
    ...refusalOf(action),
  }
}

export function deleteItem(action: ItemAction, returnsOld: boolean): Call<DeleteItemCommandOutput> {
  const input = { ...keyedRequest(action), ReturnValues: oldOrNone(returnsOld) }
  const write = doneWriteOf(action) as ItemWrite
  return {
    description: `DeleteItem(${nameOfAction(action)})`,
    writes: [writeOf(action) as ItemWrite],
    send: (sdk, options) => sdk.send(new DeleteItemCommand(input), options),
    seen: ({ Attributes: old }) => ({
      writes: [returnsOld ? { ...write, before: chainOf(old) } : write],
    }),
    ...refusalOf(action),
  }
}

const oldOrNone = (old: boolean): 'ALL_OLD' | 'NONE' => (old ? 'ALL_OLD' : 'NONE')
