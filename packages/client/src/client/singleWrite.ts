import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { ConditionFailedError } from '../errors/conditionFailedError.ts'
import { TransactionCanceledError } from '../errors/transactionCanceledError.ts'
import { attemptOf, type Attempt } from '../retries/attempt.ts'
import type { AnyEntity, ItemOf, StoredItem } from '../schema/entity.ts'
import type { Session } from '../session/session.ts'
import { transactWrite } from '../transactions/transactWrite.ts'
import type { Check } from '../actions/check.ts'

/** A single write: its failure, where it is not awaited but tried, is that of its condition. */
export type Write<E, Result = void> = Attempt<Result, ConditionFailedError<ItemOf<E>>>

/** What a single write is about. */
export interface WriteSubject {
  readonly entity: AnyEntity
  /** Values with those of the key among them. */
  readonly values: Readonly<Record<string, unknown>>
  readonly image: 'old' | 'new' | undefined
  readonly signal: AbortSignal | undefined
}

/** What every single write asks to be told. */
export interface Told {
  readonly ReturnValues?: 'ALL_OLD' | 'ALL_NEW'
  readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD'
}

const isFailure = (error: unknown): error is ConditionFailedError<never> =>
  error instanceof ConditionFailedError

/**
 * Sends a single write, again if it met a transaction: it was refused then and has done nothing.
 * @param send sends the request with what it asks to be told
 */
export function singleWrite<E, Result>(
  session: Session,
  subject: WriteSubject,
  send: (told: Told) => Promise<{ Attributes?: StoredItem | undefined }>,
): Write<E, Result> {
  return attemptOf(perform(session, subject, send) as Promise<Result>, isFailure)
}

async function perform(
  session: Session,
  subject: WriteSubject,
  send: (told: Told) => Promise<{ Attributes?: StoredItem | undefined }>,
): Promise<unknown> {
  const { entity, image, signal } = subject
  const told: Told = {
    ...(image !== undefined && { ReturnValues: image === 'old' ? 'ALL_OLD' : 'ALL_NEW' }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
  try {
    const { Attributes } = await session.backoff.run(() => send(told), isConflict, signal)
    return image === undefined || Attributes === undefined ? undefined : entity.decode(Attributes)
  } catch (error) {
    if (!isNamed(error, 'ConditionalCheckFailedException')) throw error
    const { Item } = error as { Item?: Record<string, AttributeValue> }
    const failed = { ...entity.decodeBeside(Item), cause: error }
    throw new ConditionFailedError(entity.name, keyIn(subject), failed)
  }
}

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof Error && error.name === name

const isConflict = (error: unknown): boolean => isNamed(error, 'TransactionConflictException')

function keyIn({ entity, values }: WriteSubject): Record<string, unknown> {
  return Object.fromEntries(entity.keyFields.map((name) => [name, values[name]]))
}

/** A check by itself: DynamoDB has it as a part of a transaction, so it is one of one. */
export function singleCheck<E extends AnyEntity>(
  session: Session,
  action: Check<E>,
  signal: AbortSignal | undefined,
): Write<E> {
  return attemptOf(performCheck(session, action as Check, signal), isFailure)
}

async function performCheck(
  session: Session,
  check: Check,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await transactWrite(session, { check }, signal === undefined ? {} : { signal })
  } catch (error) {
    if (!(error instanceof TransactionCanceledError)) throw error
    const reason = error.reasons['check']
    if (reason?.code !== 'ConditionalCheckFailed') throw error
    const { entity, key: values } = check
    const subject = { entity, values, image: undefined, signal }
    const { item, itemError } = reason
    const failed = { item, itemError, cause: error.cause }
    throw new ConditionFailedError(entity.name, keyIn(subject), failed)
  }
}
