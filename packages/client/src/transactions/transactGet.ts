import { TransactGetItemsCommand, type ItemResponse } from '@aws-sdk/client-dynamodb'
import { getRequest, itemRead, type Get, type ItemOfGet } from '../actions/get.ts'
import {
  TransactionCanceledError,
  type Canceled,
  type Reason,
} from '../errors/transactionCanceledError.ts'
import { attemptOf, type Attempt } from '../retries/attempt.ts'
import type { Session } from '../session/session.ts'
import { canceled, isTransient } from './cancellation.ts'
import { refuseTransaction } from './refusals.ts'

/** The reads of a transaction by labels of the program's own. */
export type Gets = Readonly<Record<string, Get>>

/**
 * What a transaction of reads gives: by each label its item, or `undefined` where there is none.
 */
export type ItemsOf<G extends Gets> = {
  readonly [Label in keyof G & string]: ItemOfGet<G[Label]> | undefined
}

/** The reasons of a transaction of reads, by its labels. */
export type GetReasonsOf<G extends Gets> = { readonly [Label in keyof G & string]: Reason }

/** How a transaction of reads is sent. */
export interface TransactGetOptions {
  readonly signal?: AbortSignal
}

/** Reads all items as they are at one moment. */
export function transactGet<const G extends Gets>(
  session: Session,
  gets: G,
  options: TransactGetOptions,
): Attempt<ItemsOf<G>, Canceled<GetReasonsOf<G>>> {
  const isFailure = (error: unknown): error is Canceled<GetReasonsOf<G>> =>
    error instanceof TransactionCanceledError
  return attemptOf(send(session, gets, options) as Promise<ItemsOf<G>>, isFailure)
}

async function send(
  session: Session,
  gets: Gets,
  { signal }: TransactGetOptions,
): Promise<Record<string, unknown>> {
  const labelled = Object.entries(gets)
  const requests = labelled.map(([, get]) => getRequest(get, session))
  refuseTransaction(
    requests.map(({ TableName, Key }, i) => {
      const [label] = labelled[i] as [string, Get]
      return { label, tableName: TableName, key: Key, bytes: 0 }
    }),
    'transaction',
  )
  const command = new TransactGetItemsCommand({
    TransactItems: requests.map((request) => ({ Get: request })),
  })
  let attempts = 0
  try {
    const { Responses = [] } = await session.backoff.run(
      (number) => {
        attempts = number
        return session.send(command, signal)
      },
      isTransient,
      signal,
    )
    return itemsByLabel(labelled, Responses)
  } catch (error) {
    const entities = new Map(labelled.map(([label, { entity }]) => [label, entity]))
    throw canceled(error, entities, attempts)
  }
}

function itemsByLabel(
  labelled: readonly [string, Get][],
  responses: readonly ItemResponse[],
): Record<string, unknown> {
  const items = labelled.map(([label, get], i) => {
    const stored = responses[i]?.Item
    return [label, stored === undefined ? undefined : itemRead(get, stored)]
  })
  return Object.fromEntries(items) as Record<string, unknown>
}
