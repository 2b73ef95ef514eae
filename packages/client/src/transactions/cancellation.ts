import type { CancellationReason } from '@aws-sdk/client-dynamodb'
import { TransactionCanceledError, type Reason } from '../errors/transactionCanceledError.ts'
import type { AnyEntity } from '../schema/entity.ts'

/** Reasons that go by: what met another transaction or too many requests may be tried again. */
const transient: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
])

/** The reasons of an error of the SDK, by position; `undefined` if it is no cancellation. */
export function reasonsOf(error: unknown): readonly CancellationReason[] | undefined {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined
  const { CancellationReasons } = error as { CancellationReasons?: readonly CancellationReason[] }
  return CancellationReasons
}

/**
 * Whether a transaction is worth another attempt: every reason other than None, and at least one,
 * is a conflict or a throttle. A condition that failed is an answer.
 */
export function isTransient(error: unknown): boolean {
  const codes = reasonsOf(error)?.map(({ Code = 'None' }) => Code) ?? []
  const failed = codes.filter((code) => code !== 'None')
  return failed.length > 0 && failed.every((code) => transient.has(code))
}

/** The entities of a transaction's actions, by label, in its order. */
export type EntitiesByLabel = ReadonlyMap<string, AnyEntity>

/** The error of a cancelled transaction by labels; any other error as it is. */
export function canceled(error: unknown, entities: EntitiesByLabel, attempts: number): unknown {
  const told = reasonsOf(error)
  if (told === undefined) return error
  const reasons: Record<string, Reason> = {}
  let position = 0
  for (const [label, entity] of entities) reasons[label] = reasonOf(told[position++], entity)
  return new TransactionCanceledError(reasons, attempts, error)
}

function reasonOf(told: CancellationReason | undefined, entity: AnyEntity): Reason {
  const { Code = 'None', Message, Item } = told ?? {}
  return {
    code: Code,
    message: Message ?? undefined,
    ...entity.decodeBeside(Item),
  }
}
