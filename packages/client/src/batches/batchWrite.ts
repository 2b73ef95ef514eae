import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { deleteRequest, type Delete } from '../actions/deleteItem.ts'
import { putRequest, type Put } from '../actions/put.ts'
import { RefusedError } from '../errors/refusedError.ts'
import type { AnyEntity, StoredItem } from '../schema/entity.ts'
import { identityOf, keyOfItem } from '../schema/itemIdentity.ts'
import type { Session } from '../session/session.ts'
import type { BatchOptions } from './batchGet.ts'
import { runBatch } from './batchRounds.ts'

const mostWrites = 25

/** What a batch can write: puts and deletions without conditions. */
export type BatchAction = Put<AnyEntity, true> | Delete<AnyEntity, true>

/**
 * Writes any number of items, each by itself: some may be written and others not when it fails.
 * @throws RefusedError for an action with a condition, and for two of one item
 */
export async function batchWrite(
  session: Session,
  actions: readonly BatchAction[],
  { signal }: BatchOptions,
): Promise<void> {
  const byIdentity = new Map<string, BatchAction>()
  const requests = new Map<string, TableRequest>()
  const positions = new Map<string, number>()
  actions.forEach((action, position) => {
    refuseConditional(action, position)
    const request = requestFor(session, action)
    const { identity } = request
    const other = positions.get(identity)
    if (other !== undefined) {
      throw new RefusedError(
        `The actions ${other} and ${position} of a batch are about the same item.`,
        [`${other}`, `${position}`],
      )
    }
    positions.set(identity, position)
    byIdentity.set(identity, action)
    requests.set(identity, request)
  })
  const send = (keys: readonly string[]): Promise<readonly string[]> =>
    sendWrites(
      session,
      keys.map((key) => requests.get(key) as TableRequest),
      signal,
    )
  await runBatch(session, { actions: byIdentity, chunkSize: mostWrites, send }, signal)
}

interface TableRequest {
  readonly identity: string
  readonly tableName: string
  readonly entity: AnyEntity
  readonly request: WriteRequest
}

function refuseConditional(action: Put | Delete, position: number): void {
  if (action.isPlain) return
  throw new RefusedError(
    `The action ${position} of a batch has a condition, which a batch cannot keep.`,
    [`${position}`],
  )
}

function requestFor(session: Session, action: BatchAction): TableRequest {
  const { entity } = action
  const tableName = session.tableNameOf(entity)
  if (action.kind === 'put') {
    const { Item } = putRequest(action, session)
    const identity = identityOf(tableName, keyOfItem(entity.table, Item))
    return { identity, tableName, entity, request: { PutRequest: { Item } } }
  }
  const { Key } = deleteRequest(action, session)
  const request = { DeleteRequest: { Key } }
  return { identity: identityOf(tableName, Key), tableName, entity, request }
}

async function sendWrites(
  session: Session,
  requests: readonly TableRequest[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const RequestItems: Record<string, WriteRequest[]> = {}
  for (const { tableName, request } of requests) (RequestItems[tableName] ??= []).push(request)
  const { UnprocessedItems = {} } = await session.send(
    new BatchWriteItemCommand({ RequestItems }),
    signal,
  )
  const tables = new Map(requests.map(({ tableName, entity }) => [tableName, entity.table]))
  return Object.entries(UnprocessedItems).flatMap(([tableName, left]) =>
    left.map(({ PutRequest, DeleteRequest }) => {
      const stored = (PutRequest?.Item ?? DeleteRequest?.Key) as StoredItem
      const table = tables.get(tableName)
      return identityOf(tableName, table === undefined ? stored : keyOfItem(table, stored))
    }),
  )
}
