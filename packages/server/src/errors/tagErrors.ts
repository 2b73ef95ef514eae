import { invalidParameterValues, validationException, type ApiError } from './apiError.ts'

/*
 * Texts about tags and the ARNs that they belong to, as policies of resources do (behaviour digest
 * 5). Spelling slips are DynamoDB's own.
 */

export function tagsMissing(): ApiError {
  return validationException('Atleast one Tag needs to be provided as Input.')
}

export function tagKeysMissing(): ApiError {
  return validationException('Atleast one Tag Key needs to be provided as Input.')
}

/** A key that is too long, empty or absent, or has a character that tags do not have. */
export function tagKeyInvalid(key: string | undefined): ApiError {
  return validationException(`The Tag Key provided is invalid, Key: ${key ?? 'null'}`)
}

export function tagValueInvalid(value: string | undefined): ApiError {
  return validationException(`The Tag Value provided is invalid, Value: ${value ?? 'null'}`)
}

export function duplicateTagKey(key: string): ApiError {
  return validationException(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${key}`)
}

export function reservedTagKey(key: string): ApiError {
  return validationException(`Tag Key cannot be prefixed with aws:, Key: ${key}`)
}

export function tooManyTags(): ApiError {
  return validationException('Number of Tags exceed the current limit for the provided ResourceArn')
}

/** What is given as ResourceArn is no ARN at all. */
export function resourceArnMissing(text: string): ApiError {
  return invalidParameterValues(`ARNs must start with 'arn:': ${text}`)
}

/** The ARN of something that never carries tags, such as a backup. */
export function notDynamoDbArn(arn: string): ApiError {
  return invalidParameterValues(`Provided Arn is not a DynamoDB resource arn: ${arn}`)
}

/** The ARN of an index, or of anything else of a table that has nothing of its own. */
export function resourceArnOfIndex(arn: string): ApiError {
  return invalidParameterValues(
    'Invalid resource arn provided, only table or stream is accepted. ' +
      `Provided resource arn: ${arn}`,
  )
}

/** The ARN of a stream, or of a table elsewhere. */
export function resourceArnInvalid(arn: string): ApiError {
  return validationException(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
}
