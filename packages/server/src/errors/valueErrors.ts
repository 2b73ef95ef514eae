import {
  ApiError,
  depthFault,
  invalidParameterFault,
  invalidParameterValues,
  validationException,
  valueFault,
} from './apiError.ts'

/*
 * Texts about attribute values, numbers, items and keys (behaviour digest 1.6 and 2). Odd spacing
 * and grammar are DynamoDB's own. Types are passed by their descriptors: 'S', 'N', 'SS' and so on.
 */

/** `text` is no number at all. The older layer does not echo the empty text. */
export function notNumeric(text: string): ApiError {
  const message = 'The parameter cannot be converted to a numeric value'
  const echoing = `${message}: ${text}`
  return valueFault(text === '' ? message : echoing, echoing)
}

const overflowText =
  'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflowText =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range'

/** A magnitude of 1E+126 or more. */
export function numberOverflow(): ApiError {
  return valueFault(overflowText)
}

/** A magnitude below 1E-130 that is not zero. */
export function numberUnderflow(): ApiError {
  return valueFault(underflowText)
}

/** {@link numberOverflow} of a sum or difference; also one that needs more than 38 digits. */
export function resultOverflow(): ApiError {
  return validationException(overflowText)
}

/** {@link numberUnderflow} of a sum or difference. */
export function resultUnderflow(): ApiError {
  return validationException(underflowText)
}

/** A value that the older validation layer refuses as `older`, the newer as `newer`. */
export function eachLayers(older: ApiError, newer: ApiError): ApiError {
  return valueFault(older.message, newer.message)
}

export function tooManyDigits(): ApiError {
  return valueFault('Attempting to store more than 38 significant digits in a Number')
}

/** An attribute, of an item or of a map, whose name is the empty string. */
export function emptyAttributeName(): ApiError {
  return invalidParameterValues('Empty attribute name')
}

/** The same for an attribute of an item that a transaction puts; inside a map the usual text. */
export function emptyAttributeNameInTransaction(): ApiError {
  return validationException('Empty attribute name')
}

/** `{}` where an attribute value must stand. */
export function noDatatype(): ApiError {
  return validationException(
    'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  )
}

/** An attribute value such as `{"S":"a","N":"1"}`. */
export function severalDatatypes(): ApiError {
  return validationException(
    'Supplied AttributeValue has more than one datatypes set, ' +
      'must contain exactly one of the supported datatypes',
  )
}

/** `{"NULL":false}`. */
export function nullMustBeTrue(): ApiError {
  return invalidParameterFault('Null attribute value types must have the value of true')
}

export function emptySet(type: 'SS' | 'NS' | 'BS'): ApiError {
  if (type === 'BS') return invalidParameterFault('Binary sets should not be empty')
  const kind = type === 'SS' ? 'string' : 'number'
  return invalidParameterFault(`An ${kind} set  may not be empty`)
}

/**
 * `members` is the whole set as it was sent, `met` as the newer layer shows it: those before the
 * first repeat in order, then the rest. A number set is not echoed.
 */
export function duplicateSetMembers(
  type: 'SS' | 'NS' | 'BS',
  members: readonly string[],
  met: readonly string[],
): ApiError {
  if (type === 'NS') {
    const sentence = 'Input collection contains duplicates'
    return valueFault(sentence, invalidParameterValues(`${sentence}.`).message)
  }
  const quoted = met.map((member) => `"${member}"`)
  const duplicates = (list: string): string =>
    invalidParameterValues(
      `Input collection [${list}]${type === 'SS' ? ' ' : 'of type BS '}contains duplicates.`,
    ).message
  const newerList = quoted.join(type === 'SS' ? ', ' : ',')
  return valueFault(duplicates(members.join(', ')), duplicates(newerList))
}

const nestingText =
  'Nesting Levels have exceeded supported limits: ' +
  'Attributes in the item have nested levels beyond supported limit'

/** A value of a request that has more levels than its operation takes. */
export function nestingTooDeep(): ApiError {
  return depthFault(nestingText)
}

/** {@link nestingTooDeep} by so much that both layers word it alike. */
export function nestingFarTooDeep(): ApiError {
  return validationException(nestingText)
}

/** The result of an update has more than 32 levels, although none of its values has. */
export function updatedNestingTooDeep(): ApiError {
  return validationException('Nesting Levels have exceeded supported limits')
}

/** A put of an item of more than 400 KB. */
export function itemTooLarge(): ApiError {
  return validationException('Item size has exceeded the maximum allowed size')
}

const updateTooLargeText = 'Item size to update has exceeded the maximum allowed size'

/** An update whose result is an item of more than 400 KB. */
export function updatedItemTooLarge(): ApiError {
  return validationException(updateTooLargeText)
}

export function isUpdatedItemTooLarge(error: unknown): error is ApiError {
  return error instanceof ApiError && error.message === updateTooLargeText
}

/** A put without key attribute `keyName`. */
export function missingKey(keyName: string): ApiError {
  return invalidParameterValues(`Missing the key ${keyName} in the item`)
}

/** A put whose key attribute has another type than the key schema says. */
export function keyTypeMismatch(keyName: string, expected: string, actual: string): ApiError {
  return invalidParameterValues(
    `Type mismatch for key ${keyName} expected: ${expected} actual: ${actual}`,
  )
}

/** A `Key` parameter with a missing, additional or wrongly typed attribute. */
export function keySchemaMismatch(): ApiError {
  return validationException('The provided key element does not match the schema')
}

/** A partition key value of more than 2,048 bytes, of a table or an index. */
export function partitionKeyTooLong(): ApiError {
  return invalidParameterValues('Size of hashkey has exceeded the maximum size limit of2048 bytes')
}

/** A sort key value of more than 1,024 bytes, of a table or an index. */
export function sortKeyTooLong(): ApiError {
  return invalidParameterValues(
    'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
  )
}

/** An item's attribute that is a key of index `indexName` and has another type than that key. */
export function indexKeyTypeMismatch(
  keyName: string,
  expected: string,
  actual: string,
  indexName: string,
): ApiError {
  return invalidParameterValues(
    `Type mismatch for Index Key ${keyName} Expected: ${expected} Actual: ${actual} ` +
      `IndexName: ${indexName}`,
  )
}

/** An update that would give a key attribute of an index another type than that key's. */
export function updatedIndexKeyType(): ApiError {
  return validationException(
    'The update expression attempted to update the secondary index key to unsupported type',
  )
}

/** An update that would make a key attribute of an index longer than a key may be. */
export function updatedIndexKeyTooLong(): ApiError {
  return validationException(
    'The update expression attempted to update the secondary index key beyond allowed size limits',
  )
}

/** The types of key whose value can be empty. */
type EmptiableKeyType = 'S' | 'B'

function emptyKeySentence(type: EmptiableKeyType): string {
  const kind = type === 'S' ? 'string' : 'binary'
  return `The AttributeValue for a key attribute cannot contain an empty ${kind} value.`
}

function notValid(detail: string): ApiError {
  return validationException(`One or more parameter values are not valid. ${detail}`)
}

/** An empty value of table key `keyName`. */
export function emptyKey(type: EmptiableKeyType, keyName: string): ApiError {
  return notValid(`${emptyKeySentence(type)} Key: ${keyName}`)
}

/** A put of an item whose attribute `keyName` is empty and a key of index `indexName`. */
export function emptyIndexKey(
  type: EmptiableKeyType,
  indexName: string,
  keyName: string,
): ApiError {
  return notValid(
    'A value specified for a secondary index key is not supported. ' +
      `${emptyKeySentence(type)} IndexName: ${indexName}, IndexKey: ${keyName}`,
  )
}

/** An update that would leave a key attribute of an index empty. */
export function emptyIndexKeyUpdate(type: EmptiableKeyType): ApiError {
  return notValid(
    'The update expression attempted to update a secondary index key to a value that is not ' +
      `supported. ${emptyKeySentence(type)}`,
  )
}
