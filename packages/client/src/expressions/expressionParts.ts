import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { InvalidValueError } from '../errors/invalidValueError.ts'
import type { AnyEntity } from '../schema/entity.ts'
import type { Codec } from '../values/codec.ts'
import { parsePath } from './path.ts'

/** A path in an expression, and how values at it are stored. */
export interface Place {
  readonly expression: string
  readonly codec: Codec<unknown>
  /** The place in words, for errors. */
  readonly path: string
}

/** The placeholders of one request: all its expressions share their names and values. */
export class ExpressionParts {
  readonly #entity: AnyEntity
  readonly #placeholders = new Map<string, string>()
  readonly #values: Record<string, AttributeValue> = {}
  #valueCount = 0

  constructor(entity: AnyEntity) {
    this.#entity = entity
  }

  /** The placeholder of a name; every name has one, since hundreds of words are reserved. */
  name(name: string): string {
    const known = this.#placeholders.get(name)
    if (known !== undefined) return known
    const placeholder = `#${this.#placeholders.size}`
    this.#placeholders.set(name, placeholder)
    return placeholder
  }

  /** The placeholder of a value. */
  value(stored: AttributeValue): string {
    const placeholder = `:${this.#valueCount++}`
    this.#values[placeholder] = stored
    return placeholder
  }

  /**
   * A path of the entity.
   * @throws InvalidValueError when it leads to nothing that is declared
   */
  place(path: string): Place {
    const segments = parsePath(path)
    const nowhere = (): never => {
      throw new InvalidValueError(`${path} is no path of ${this.#entity.name}.`)
    }
    if (segments === undefined) return nowhere()
    const [first, ...rest] = segments
    let codec: Codec<unknown> = this.#entity.attribute(first as string).codec
    let expression = this.name(first as string)
    for (const segment of rest) {
      codec = codec.part?.(`${segment}`) ?? nowhere()
      expression += typeof segment === 'number' ? `[${segment}]` : `.${this.name(segment)}`
    }
    return { expression, codec, path: `${this.#entity.name}.${path}` }
  }

  /** What of a request the placeholders are. */
  members(): {
    ExpressionAttributeNames?: Record<string, string>
    ExpressionAttributeValues?: Record<string, AttributeValue>
  } {
    const names: Record<string, string> = {}
    for (const [name, placeholder] of this.#placeholders) names[placeholder] = name
    return {
      ...(this.#placeholders.size > 0 && { ExpressionAttributeNames: names }),
      ...(this.#valueCount > 0 && { ExpressionAttributeValues: this.#values }),
    }
  }
}
