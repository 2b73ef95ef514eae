import { RefusedError } from '../errors/refusedError.ts'
import type { StoredItem } from '../schema/entity.ts'
import { identityOf } from '../schema/itemIdentity.ts'

/** DynamoDB's limits of a transaction, by its guide's page on quotas. */
const mostActions = 100
const mostBytes = 4 * 1024 * 1024

/** What of an action a refusal may depend on. */
export interface Addressed {
  readonly label: string
  readonly tableName: string
  readonly key: StoredItem
  /** What the item has at least once the action is performed, in bytes. */
  readonly bytes: number
}

/**
 * Refuses what DynamoDB would refuse without saying which action it means.
 * @throws RefusedError
 */
export function refuseTransaction(actions: readonly Addressed[], shape: string): void {
  if (actions.length === 0) throw new RefusedError(`A ${shape} without actions is not sent.`, [])
  refuseMany(actions, shape)
  refuseTwice(actions, shape)
  refuseLarge(actions, shape)
}

function refuseMany(actions: readonly Addressed[], shape: string): void {
  const beyond = actions.slice(mostActions).map(({ label }) => label)
  const [first] = beyond
  if (first === undefined) return
  throw new RefusedError(
    `A ${shape} has at most ${mostActions} actions, and this one has ${actions.length}; ` +
      `the first beyond them is ${first}.`,
    beyond,
  )
}

function refuseTwice(actions: readonly Addressed[], shape: string): void {
  const labels = new Map<string, string>()
  for (const { label, tableName, key } of actions) {
    const identity = identityOf(tableName, key)
    const other = labels.get(identity)
    if (other !== undefined) {
      throw new RefusedError(
        `${other} and ${label} are about the same item, which a ${shape} may have once.`,
        [other, label],
      )
    }
    labels.set(identity, label)
  }
}

function refuseLarge(actions: readonly Addressed[], shape: string): void {
  const total = actions.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total <= mostBytes) return
  const largest = [...actions].sort((a, b) => b.bytes - a.bytes).slice(0, 3)
  const told = largest.map(({ label, bytes }) => `${label} (${bytes} bytes)`).join(', ')
  throw new RefusedError(
    `The items of a ${shape} have at most ${mostBytes} bytes, and these have ${total}; ` +
      `the largest are ${told}.`,
    largest.map(({ label }) => label),
  )
}
