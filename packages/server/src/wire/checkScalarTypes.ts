import {
  cannotConvert,
  unexpectedStructure,
  unexpectedToken,
  unrecognizedCollection,
} from '../errors/wireErrors.ts'
import type { JsonToken } from '../errors/wireErrors.ts'

const maxInteger = 2 ** 31 - 1

/**
 * Each check throws SerializationException unless `value` has the JSON type of the model's type.
 */
export function checkString(value: unknown): asserts value is string {
  if (typeof value !== 'string') throw wrongScalar(value, 'String')
}

export function checkBoolean(value: unknown): void {
  if (typeof value === 'boolean') return
  throw typeof value === 'string' ? unexpectedToken() : wrongScalar(value, 'Boolean')
}

export function checkInteger(value: unknown): void {
  if (Number.isInteger(value) && Math.abs(value as number) <= maxInteger) return
  throw wrongScalar(value, 'Integer')
}

export function checkLong(value: unknown): void {
  if (Number.isInteger(value) && Math.abs(value as number) <= Number.MAX_SAFE_INTEGER) return
  throw wrongScalar(value, 'Long')
}

export function checkDouble(value: unknown): void {
  if (!Number.isFinite(value)) throw wrongScalar(value, 'Double')
}

/** Timestamps are seconds since the Unix epoch, with a fraction or without. */
export function checkTimestamp(value: unknown): void {
  if (!Number.isFinite(value)) throw wrongScalar(value, 'Date')
}

function wrongScalar(value: unknown, target: string): Error {
  if (value === null) return unexpectedToken()
  if (Array.isArray(value)) return unrecognizedCollection(`class java.lang.${target}`)
  if (typeof value === 'object') return unexpectedStructure()
  return cannotConvert(tokenOf(value), target)
}

function tokenOf(value: unknown): JsonToken {
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
}
