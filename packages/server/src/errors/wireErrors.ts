import { ApiError, modelledKind, protocolKind, validationException } from './apiError.ts'

/*
 * Texts about the JSON of a request and about the constraints of the service model (behaviour
 * digest 4.1, 4.2 and 1.6). Odd spelling is DynamoDB's own.
 */

const serializationKind = protocolKind('SerializationException', 400, 'Message')
const internalServerErrorKind = modelledKind('InternalServerError', 500)

/** What a JSON scalar is called when it stands where another type is expected. */
export type JsonToken =
  | 'NUMBER_VALUE'
  | 'DECIMAL_VALUE'
  | 'TRUE_VALUE'
  | 'FALSE_VALUE'
  | 'STRING_VALUE'

/**
 * A body that is no JSON, or is nested beyond reason. The one error of its kind without a message.
 */
export function unparsableBody(): ApiError {
  return new ApiError(serializationKind, undefined)
}

function serializationException(message: string): ApiError {
  return new ApiError(serializationKind, message)
}

/**
 * A value of another type than a strict reader expects, which ends at a column of the text: it
 * `found` `null`, ``integer `5``` and so on.
 */
export function strictTypeMismatch(
  found: string,
  expected: string,
  { line, column }: { readonly line: number; readonly column: number },
): ApiError {
  return serializationException(
    `invalid type: ${found}, expected ${expected} at line ${line} column ${column}`,
  )
}

/** The same for a number that is too large. */
export function strictValueMismatch(
  found: string,
  expected: string,
  { line, column }: { readonly line: number; readonly column: number },
): ApiError {
  return serializationException(
    `invalid value: ${found}, expected ${expected} at line ${line} column ${column}`,
  )
}

const quoted = (name: string): string => '`' + name + '`'

/** A member that a strict reader expects is not there, in a structure that ends at a column. */
export function strictMemberMissing(
  member: string,
  { line, column }: { readonly line: number; readonly column: number },
): ApiError {
  return validationException(`missing field ${quoted(member)} at line ${line} column ${column}`)
}

/** A scalar of another type than `target` ('String', 'Integer', 'Long' and so on). */
export function cannotConvert(token: JsonToken, target: string): ApiError {
  return serializationException(`${token} cannot be converted to ${target}`)
}

/** A string where a boolean is expected, or null as an element of a list of scalars. */
export function unexpectedToken(): ApiError {
  return serializationException('Unexpected token received from parser')
}

/** A JSON array where the Java type `javaType` is expected, e.g. `class java.lang.String`. */
export function unrecognizedCollection(javaType: string): ApiError {
  return serializationException(`Unrecognized collection type ${javaType}`)
}

/** A JSON object where a scalar or a list is expected. */
export function unexpectedStructure(): ApiError {
  return serializationException('Start of structure or map found where not expected')
}

/** A scalar where a list or a map is expected. */
export function unexpectedFieldType(): ApiError {
  return serializationException('Unexpected field type')
}

/** A scalar where a structure is expected. */
export function unexpectedValueType(): ApiError {
  return serializationException('Unexpected value type in payload')
}

/** A blob that is no JSON string. */
export function blobNotString(): ApiError {
  return serializationException('only base-64-encoded strings are convertible to bytes')
}

/** A blob whose base64 text is not padded to a multiple of 4 characters. */
export function base64Length(length: number): ApiError {
  return serializationException(
    `Base64 encoded length is expected a multiple of 4 bytes but found: ${length}`,
  )
}

/** A character that base64 does not have, or `=` before the end. */
export function base64Character(character: string): ApiError {
  const code = character.charCodeAt(0).toString(16)
  return serializationException(`Invalid Base64 character: '${character}' (0x${code})`)
}

/** A last character with bits beyond the last byte. */
export function base64LastCharacter(): ApiError {
  return serializationException('Invalid last non-pad Base64 character dectected')
}

/**
 * All broken constraints of one request, in their order; see the texts below. `alone` is what the
 * newer layer tells instead of them all.
 */
export function validationErrors(failures: readonly string[], alone?: string): ApiError {
  const message = validationErrorsText(failures)
  if (alone === undefined) return validationException(message)
  return validationException(message, { family: 'whole', text: validationErrorsText([alone]) })
}

function validationErrorsText(failures: readonly string[]): string {
  const noun = failures.length === 1 ? 'error' : 'errors'
  return `${failures.length} validation ${noun} detected: ${failures.join('; ')}`
}

/**
 * One entry of {@link validationErrors}: `value` is the text of the value, undefined if it is
 * absent.
 */
export function constraintFailure(
  value: string | undefined,
  path: string,
  constraint: string,
): string {
  const shown = value === undefined ? 'null' : `'${value}'`
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`
}

/**
 * The newer form of {@link constraintFailure}, without the value; its path is in upper camel case.
 */
export function constraintFailureAt(path: string, constraint: string): string {
  return `Value at '${path}' failed to satisfy constraint: ${constraint}`
}

/** A value that an enumeration does not have, as the newer layer tells it, without a place. */
export function enumFailureUnplaced(values: readonly string[]): string {
  return `Failed to satisfy constraint: ${enumConstraint(values)}`
}

export const notNullConstraint: string = 'Member must not be null'

export function minLengthConstraint(min: number): string {
  return `Member must have length greater than or equal to ${min}`
}

export function maxLengthConstraint(max: number): string {
  return `Member must have length less than or equal to ${max}`
}

export function minValueConstraint(min: number): string {
  return `Member must have value greater than or equal to ${min}`
}

export function maxValueConstraint(max: number): string {
  return `Member must have value less than or equal to ${max}`
}

export function patternConstraint(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`
}

export function enumConstraint(values: readonly string[]): string {
  return `Member must satisfy enum value set: [${values.join(', ')}]`
}

/** `constraints` are all constraints of the keys, kept or not. */
export function mapKeysConstraint(constraints: readonly string[]): string {
  return `Map keys must satisfy constraint: [${constraints.join(', ')}]`
}

/** `constraints` are all constraints of the values, kept or not. */
export function mapValueConstraint(constraints: readonly string[]): string {
  return `Map value must satisfy constraint: [${constraints.join(', ')}]`
}

/** An operation on a table as a whole, such as CreateTable, without a table name. */
export function tableNameRequired(): ApiError {
  return validationException(
    "The parameter 'TableName' is required but was not present in the request",
  )
}

/** `error` in its form of the newer validation layer. REQUIRES: it has one. */
export function newerForm({ newer, message }: ApiError, isEnveloped: boolean): ApiError {
  const text = newer?.text ?? message
  return isEnveloped ? validationErrors([text]) : validationException(text)
}

/** BatchGetItem or BatchWriteItem without request items; the newer layer has it as a constraint. */
export function requestItemsRequired(operation: string): ApiError {
  const message = `The requestItems parameter is required for ${operation}`
  const alone = constraintFailureAt('RequestItems', minLengthConstraint(1))
  return validationException(message, { family: 'whole', text: validationErrorsText([alone]) })
}

/** What the client sees of any fault of the server's own. */
export function internalServerError(): ApiError {
  return new ApiError(
    internalServerErrorKind,
    'The request processing has failed because of an unknown error, exception or failure.',
  )
}
