import { ClientError } from './clientError.ts'

/** A single write whose condition was not met. Nothing was written. */
export class ConditionFailedError<Item = unknown> extends ClientError {
  override readonly name = 'ConditionFailedError'
  /** The name of the entity. */
  readonly entity: string
  /** The values of the key. */
  readonly key: Readonly<Record<string, unknown>>
  /** The item that is there and does not meet the condition; `undefined` if there is none. */
  readonly item: Item | undefined

  /** @param cause the error of the SDK */
  constructor(
    entity: string,
    key: Readonly<Record<string, unknown>>,
    item: Item | undefined,
    cause: unknown,
  ) {
    const values = Object.entries(key).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    const state =
      item === undefined ? 'there is no such item' : 'the item that is there does not meet it'
    super(`The condition on ${entity} with ${values.join(', ')} failed: ${state}.`, { cause })
    this.entity = entity
    this.key = key
    this.item = item
  }
}
