import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { InvalidValueError } from '../errors/invalidValueError.ts'
import { StoredItemError } from '../errors/storedItemError.ts'

/**
 * How one kind of value is stored. INVARIANT: what `encode` gives, `decode` gives back as an equal
 * value.
 *
 * `path` names the place in an item, for the sentences of errors.
 */
export interface Codec<Value> {
  /** The kind with its article, for sentences: `a number`. */
  readonly kind: string
  /**
   * @throws InvalidValueError for a value that is none of this kind, whatever TypeScript was
   *   told
   */
  encode(value: Value, path: string): AttributeValue
  /**
   * @throws StoredItemError for a stored value of another kind, or one that would lose something
   */
  decode(stored: AttributeValue, path: string): Value
  /**
   * The codec of what stands under a name in a map, or at a place in a list; absent for other
   * kinds.
   */
  part?(name: string): Codec<unknown> | undefined
  /** Whether its parts are the elements of a list. */
  readonly isList?: boolean
}

/** The error for a value that is not of the kind of a codec. */
export function notOfKind(path: string, kind: string, value: unknown): InvalidValueError {
  return new InvalidValueError(`${path} is to be ${kind}, not ${shown(value)}.`)
}

/** The error for a stored value that is not of the kind of a codec. */
export function storedOtherwise(
  path: string,
  kind: string,
  stored: AttributeValue,
): StoredItemError {
  const [type = 'nothing'] = Object.keys(stored)
  return new StoredItemError(`${path} is declared as ${kind}, but is stored as type ${type}.`)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? 'a long string' : `"${value}"`
  if (typeof value === 'bigint') return `the bigint ${value}`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const name = (value.constructor as { name?: string } | undefined)?.name ?? 'object'
  return name === 'Object' ? 'an object' : `of class ${name}`
}
