import { invalidParameterFault, invalidParameterValues, validationException } from './apiError.ts'
import type { ApiError } from './apiError.ts'

/*
 * The texts of the parameters that expressions replaced: Expected, QueryFilter, ScanFilter,
 * KeyConditions and AttributeUpdates.
 */

export function existsWithComparison(attribute: string): ApiError {
  return invalidParameterFault(
    `Exists and ComparisonOperator cannot be used together for Attribute: ${attribute}`,
  )
}

export function valueWithValueList(attribute: string): ApiError {
  return invalidParameterFault(
    `Value and AttributeValueList cannot be used together for Attribute: ${attribute}`,
  )
}

export function valueListWithoutComparison(attribute: string): ApiError {
  return invalidParameterFault(
    `AttributeValueList can only be used with a ComparisonOperator for Attribute: ${attribute}`,
  )
}

export function comparisonWithoutValue(operator: string, attribute: string): ApiError {
  return invalidParameterFault(
    `Value or AttributeValueList must be used with ComparisonOperator: ${operator} ` +
      `for Attribute: ${attribute}`,
  )
}

/** `exists` is the parameter as the client gave it; null when it was left out. */
export function valueRequired(exists: true | null, attribute: string): ApiError {
  return invalidParameterFault(
    `Value must be provided when Exists is ${exists} for Attribute: ${attribute}`,
  )
}

export function valueNotAllowed(attribute: string): ApiError {
  return invalidParameterFault(
    `Value cannot be used when Exists is false for Attribute: ${attribute}`,
  )
}

export function wrongArgumentCount(operator: string): ApiError {
  return invalidParameterFault(
    `Invalid number of argument(s) for the ${operator} ComparisonOperator`,
  )
}

export function wrongArgumentType(operator: string, type: string): ApiError {
  return invalidParameterFault(
    `ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`,
  )
}

export function argumentsOfDifferentTypes(): ApiError {
  return invalidParameterFault('AttributeValues inside AttributeValueList must be of same type')
}

export function argumentsOutOfOrder(): ApiError {
  return validationException(
    'The BETWEEN condition was provided a range where the lower bound is greater than ' +
      'the upper bound',
  )
}

export function onlyDeleteWithoutValue(): ApiError {
  return invalidParameterValues(
    'Only DELETE action is allowed when no attribute value is specified',
  )
}

export function actionNotForType(action: 'ADD' | 'DELETE', type: string): ApiError {
  const refused = action === 'ADD' ? 'ADD action' : 'DELETE action with value'
  return invalidParameterValues(`${refused} is not supported for the type ${type}`)
}

/** The stored value has not the type that an ADD or DELETE of AttributeUpdates needs. */
export function updatedTypeMismatch(): ApiError {
  return validationException('Type mismatch for attribute to update')
}

export function conditionalOperatorWithoutConditions(): ApiError {
  return validationException('ConditionalOperator cannot be used without Filter or Expected')
}

export function conditionalOperatorWithOneCondition(): ApiError {
  return validationException(
    'ConditionalOperator can only be used when Filter or Expected has two or more elements',
  )
}

/** An operator of KeyConditions that no key can answer. */
export function notIndexableCondition(): ApiError {
  return validationException('Attempted conditional constraint is not an indexable operation')
}
