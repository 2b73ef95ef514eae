import { ClientError } from './clientError.ts'
import type { StoredItemError } from './storedItemError.ts'

/** What stands against a condition, and the error of the SDK that says so. */
export interface FailedCondition<Item> {
  readonly item: Item | undefined
  readonly itemError?: StoredItemError | undefined
  readonly cause: unknown
}

/** A single write whose condition was not met. Nothing was written. */
export class ConditionFailedError<Item = unknown> extends ClientError {
  override readonly name = 'ConditionFailedError'
  /** The name of the entity. */
  readonly entity: string
  /** The values of the key. */
  readonly key: Readonly<Record<string, unknown>>
  /** The item that is there and does not meet the condition; `undefined` if there is none. */
  readonly item: Item | undefined
  /** Why the item is not shown, where it is not what its entity declares. */
  readonly itemError: StoredItemError | undefined

  constructor(
    entity: string,
    key: Readonly<Record<string, unknown>>,
    { item, itemError, cause }: FailedCondition<Item>,
  ) {
    const values = Object.entries(key).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    const state =
      item === undefined && itemError === undefined
        ? 'there is no such item'
        : 'the item that is there does not meet it'
    super(`The condition on ${entity} with ${values.join(', ')} failed: ${state}.`, { cause })
    this.entity = entity
    this.key = key
    this.item = item
    this.itemError = itemError
  }
}
