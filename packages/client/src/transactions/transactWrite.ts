import {
  TransactWriteItemsCommand,
  type AttributeValue,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb'
import type { EntityOf } from '../actions/action.ts'
import {
  TransactionCanceledError,
  type Canceled,
  type Reason,
} from '../errors/transactionCanceledError.ts'
import { attemptOf, type Attempt } from '../retries/attempt.ts'
import type { ItemOf } from '../schema/entity.ts'
import type { UpdateRequest } from '../actions/update.ts'
import type { Session } from '../session/session.ts'
import { keyOfItem } from '../schema/itemIdentity.ts'
import { itemSize, valueSize } from '../values/itemSize.ts'
import { canceled, isTransient } from './cancellation.ts'
import { refuseTransaction, type Addressed } from './refusals.ts'
import { requestOf, transactItem, type TransactItem, type WriteAction } from './writeAction.ts'

/** The actions of a transaction by labels of the program's own. */
export type WriteActions = Readonly<Record<string, WriteAction>>

/** The reasons of a transaction, by its labels. */
export type ReasonsOf<A extends WriteActions> = {
  readonly [Label in keyof A & string]: Reason<ItemOf<EntityOf<A[Label]>>>
}

/** How a transaction is sent. */
export interface TransactWriteOptions {
  /**
   * The client request token, of 1 to 36 characters: for ten minutes a transaction with the same
   * token is performed once, however often it is sent. Without one each call has a token of its
   * own, which its attempts share.
   */
  readonly token?: string
  readonly signal?: AbortSignal
}

/** Performs all actions or none. */
export function transactWrite<const A extends WriteActions>(
  session: Session,
  actions: A,
  options: TransactWriteOptions,
): Attempt<void, Canceled<ReasonsOf<A>>> {
  const isFailure = (error: unknown): error is Canceled<ReasonsOf<A>> =>
    error instanceof TransactionCanceledError
  return attemptOf(send(session, actions, options), isFailure)
}

async function send(
  session: Session,
  actions: WriteActions,
  { token = session.random.token(), signal }: TransactWriteOptions,
): Promise<void> {
  const labelled = Object.entries(actions)
  const items = labelled.map(([, action]) => transactItem(action, session))
  refuseTransaction(
    items.map((item, i) => addressed(labelled[i] as [string, WriteAction], item)),
    'transaction',
  )
  const command = new TransactWriteItemsCommand({
    TransactItems: items as TransactWriteItem[],
    ClientRequestToken: token,
  })
  let attempts = 0
  try {
    await session.backoff.run(
      (number) => {
        attempts = number
        return session.send(command, signal)
      },
      isTransient,
      signal,
    )
  } catch (error) {
    const entities = new Map(labelled.map(([label, { entity }]) => [label, entity]))
    throw canceled(error, entities, attempts)
  }
}

function addressed([label, { entity }]: [string, WriteAction], item: TransactItem): Addressed {
  const { TableName, Key, Item } = requestOf(item)
  const key = Key ?? keyOfItem(entity.table, Item ?? {})
  const bytes = Item === undefined ? itemSize(key) + bytesSet(item.Update) : itemSize(Item)
  return { label, tableName: TableName, key, bytes }
}

/** The bytes of the values that an update gives whatever is there. */
function bytesSet(request: UpdateRequest | undefined): number {
  let bytes = 0
  for (const [, name] of request?.UpdateExpression?.matchAll(/ = (:\d+)(?=,| [A-Z]|$)/g) ?? []) {
    bytes += valueSize(request?.ExpressionAttributeValues?.[name as string] as AttributeValue)
  }
  return bytes
}
