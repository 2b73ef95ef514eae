import { parameterFault, validationException, type ApiError } from './apiError.ts'

/*
 * Texts of SearchVectors (digest of vector search, 5). The service behind it words much of what it
 * refuses in ways of its own; those of its JSON are in wireErrors.ts.
 */

const kind = 'SearchConditionExpression'

const invalidSearchCondition = (detail: string): ApiError =>
  parameterFault(`Invalid ${kind}: ${detail}`)

export function searchComparatorInvalid(): ApiError {
  return invalidSearchCondition(`Invalid comparator used in ${kind}`)
}

/** The text is that of key conditions with the other parameter's name. */
export function searchOperatorInvalid(operator: string): ApiError {
  return invalidSearchCondition(`Invalid operator used in ${kind}: ${operator}`)
}

/** Two attributes, or two values, are compared; the text is ours. */
export function searchOperandInvalid(): ApiError {
  return invalidSearchCondition(
    `Invalid operand used in ${kind}: an attribute and a value expected`,
  )
}

export function nestedSearchAttribute(): ApiError {
  return invalidSearchCondition(`${kind} cannot have conditions on nested attributes`)
}

/** Two conditions are about the same attribute. */
export function severalSearchConditions(): ApiError {
  return invalidSearchCondition(`${kind} must only contain one condition per attribute`)
}

export function attributeNotInSearchSchema(name: string): ApiError {
  return validationException(
    `${kind} must not contain any attributes that is not in SearchSchema. ` +
      `Invalid attribute: ${name}`,
  )
}

/** The index has a partition key, and there is no expression. */
export function searchConditionRequired(): ApiError {
  return validationException(`${kind} must be provided when SearchSchema has a HASH key`)
}

/** There is an expression, and the partition key is not in it. */
export function searchKeyMissing(): ApiError {
  return validationException(`${kind} must have all HASH attributes in configured SearchSchema`)
}

export function searchValueType(
  name: string,
  { expected, actual }: { readonly expected: string; readonly actual: string },
): ApiError {
  return validationException(
    `Type of '${name}' attribute in ${kind} (${actual}) does not match type in search schema ` +
      `(${expected})`,
  )
}

/** A partition key is to be equal to an empty string or binary. */
export function searchKeyEmpty(type: 'S' | 'B', name: string): ApiError {
  return validationException(
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot ' +
      `contain an empty ${type === 'S' ? 'string' : 'binary'} value. Key: ${name}`,
  )
}

export function topKOutOfRange(value: number, limit: number): ApiError {
  return validationException(
    `Provided TopK value '${value}' is out of valid range. ` +
      `The value must be between 1 and ${limit} inclusive`,
  )
}

export function searchVectorInvalid(): ApiError {
  return validationException(
    'Search vector contains invalid values. All values in the search vector must be a 32-bit ' +
      'floating-point number attribute',
  )
}

export function searchVectorSize(actual: number, dimensions: number): ApiError {
  return validationException(
    `Input search vector dimension ${actual} does not match vector index dimension ${dimensions}`,
  )
}

export function vectorIndexBackfilling(indexName: string): ApiError {
  return validationException(`Cannot search backfilling vector index: ${indexName}`)
}

/** A vector index is queried. */
export function queryOfVectorIndex(): ApiError {
  return validationException('Query operation not supported on this index type.')
}

/** A vector index is scanned, by Scan or by a statement. */
export function scanOfVectorIndex(): ApiError {
  return validationException('Scan operation not supported on this index type')
}
