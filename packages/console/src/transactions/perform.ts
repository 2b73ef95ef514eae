import {
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type CancellationReason,
  type ConsumedCapacity,
  type TransactGetItemsCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Connection } from '../database/connection.ts'
import {
  askWatch,
  type ToldDryRun,
  type ToldExplanation,
  type ToldHolder,
  type ToldPosition,
} from '../database/watch.ts'
import { textOf } from '../parts/notices.tsx'
import { itemToDynamodbJson } from '../values/dynamodbJson.ts'
import { writeExactJson } from '../values/exactJson.ts'
import { whoText } from './holderView.tsx'
import { requestJson } from './transactionInput.ts'

/** What one action came to, and the item that was read or found. */
export interface PositionOutcome extends ToldPosition {
  /** As DynamoDB JSON; empty where there is no item. */
  readonly item?: string
}

/** What was done, or would be. */
export interface Outcome {
  readonly title: string
  readonly isGood: boolean
  /** More about the whole, in the database's words. */
  readonly text?: string
  readonly positions: readonly PositionOutcome[]
  /** The request with the same token that has not ended. */
  readonly inProgress?: ToldHolder
}

/** What a transaction would come to; nothing is written. */
export async function dryRun(
  connection: Connection,
  input: TransactWriteItemsCommandInput,
): Promise<Outcome> {
  try {
    const body = requestJson(input)
    const { outcome, positions } = await askWatch<ToldDryRun>(connection, '/dry-run', body)
    const isGood = outcome === 'commits'
    const title = `Dry run: it would ${isGood ? 'commit' : 'be cancelled'}`
    return { title, isGood, text: 'Nothing was written.', positions }
  } catch (error) {
    return {
      title: 'Dry run: it would be refused',
      isGood: false,
      text: textOf(error),
      positions: [],
    }
  }
}

/** Does a transaction. What refuses it is explained by position, as far as the server tells. */
export async function commit(
  connection: Connection,
  input: TransactWriteItemsCommandInput,
): Promise<Outcome> {
  try {
    const command = new TransactWriteItemsCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' })
    const { ConsumedCapacity = [] } = await connection.client.send(command)
    const positions = (input.TransactItems ?? []).map((_, position) => ({ position, code: 'None' }))
    return { title: 'Committed', isGood: true, text: unitsText(ConsumedCapacity), positions }
  } catch (error) {
    return refusal(connection, error)
  }
}

/** Reads items in one transaction. */
export async function readItems(
  connection: Connection,
  input: TransactGetItemsCommandInput,
): Promise<Outcome> {
  try {
    const command = new TransactGetItemsCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' })
    const { Responses = [], ConsumedCapacity = [] } = await connection.client.send(command)
    const positions = Responses.map(({ Item }, position) => ({
      position,
      code: 'None',
      item: Item === undefined ? '' : writeExactJson(itemToDynamodbJson(Item)),
    }))
    return { title: 'Read', isGood: true, text: unitsText(ConsumedCapacity), positions }
  } catch (error) {
    return refusal(connection, error)
  }
}

function unitsText(consumed: readonly ConsumedCapacity[]): string {
  const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
  return `It took ${units} capacity units.`
}

async function refusal(connection: Connection, error: unknown): Promise<Outcome> {
  const reasons =
    error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : []
  const explanation = await explanationOf(connection, error)
  const told = new Map(explanation?.positions.map((each) => [each.position, each]))
  return {
    title: reasons.length > 0 ? 'Cancelled' : 'Refused',
    isGood: false,
    text: textOf(error),
    positions: reasons.map((reason, position) => ({
      ...told.get(position),
      ...reasonOf(reason, position),
    })),
    ...(explanation?.inProgress !== undefined && { inProgress: explanation.inProgress }),
  }
}

const reasonOf = ({ Code, Message, Item }: CancellationReason, position: number) => ({
  position,
  code: Code ?? 'None',
  ...(Message !== undefined && { message: Message }),
  ...(Item !== undefined && { item: writeExactJson(itemToDynamodbJson(Item)) }),
})

/** Why a request was refused, whoever made it. Rejects where the server does not remember it. */
export async function explain(connection: Connection, requestId: string): Promise<Outcome> {
  const place = `/explanations/${encodeURIComponent(requestId)}`
  const told = await askWatch<ToldExplanation>(connection, place)
  const { error, message, positions, inProgress } = told
  return {
    title: `${whoText(told)} was refused`,
    isGood: false,
    text: [error, message].filter((each) => each !== undefined).join(': '),
    positions,
    ...(inProgress !== undefined && { inProgress }),
  }
}

/** What the database saw; undefined where it does not say, as when its notes begin later. */
async function explanationOf(
  connection: Connection,
  error: unknown,
): Promise<ToldExplanation | undefined> {
  const id = (error as { readonly $metadata?: { readonly requestId?: string } }).$metadata
    ?.requestId
  if (id === undefined) return undefined
  const place = `/explanations/${encodeURIComponent(id)}`
  return askWatch<ToldExplanation>(connection, place).catch(() => undefined)
}
