import { ApiError, invalidParameterValues, modelledKind, validationException } from './apiError.ts'
import {
  constraintFailure,
  maxLengthConstraint,
  notNullConstraint,
  validationErrors,
} from './wireErrors.ts'

/*
 * Texts of the control plane (behaviour digest 4.5 and 5). Spelling slips are DynamoDB's own.
 */

const resourceNotFoundKind = modelledKind('ResourceNotFoundException')
const resourceInUseKind = modelledKind('ResourceInUseException')
const limitExceededKind = modelledKind('LimitExceededException')

const listed = (names: readonly string[]): string => `[${names.join(', ')}]`

/** A data plane request names a table that is not there, or not usable. */
export function resourceNotFound(): ApiError {
  return new ApiError(resourceNotFoundKind, 'Requested resource not found')
}

/** A control plane request names a table that is not there. */
export function tableNotFound(nameOrArn: string): ApiError {
  const message = `Requested resource not found: Table: ${nameOrArn} not found`
  return new ApiError(resourceNotFoundKind, message)
}

/** A tag request names a table that is not there. */
export function taggedResourceNotFound(arn: string): ApiError {
  const message = `Requested resource not found: ResourcArn: ${arn} not found`
  return new ApiError(resourceNotFoundKind, message)
}

export function tableAlreadyExists(tableName: string): ApiError {
  return new ApiError(resourceInUseKind, `Table already exists: ${tableName}`)
}

/** The table is in a status that does not admit the change. */
export function tableInUse(
  progress: 'created' | 'updated' | 'deleted',
  tableName: string,
): ApiError {
  const reason = `Table is being ${progress}: ${tableName}`
  const message = `Attempt to change a resource which is still in use: ${reason}`
  return new ApiError(resourceInUseKind, message)
}

function subscriberLimitExceeded(detail: string): ApiError {
  return new ApiError(limitExceededKind, `Subscriber limit exceeded: ${detail}`)
}

export function tooManyTables(limit: number): ApiError {
  return subscriberLimitExceeded(`There is a limit of ${limit} tables per subscriber`)
}

export function severalIndexesChanged(): ApiError {
  const detail = 'Only 1 online index can be created or deleted simultaneously per table'
  return subscriberLimitExceeded(detail)
}

/** One more decrease of throughput than the guide's quotas allow; times are milliseconds. */
export function tooManyDecreases(
  decreasesToday: number,
  lastDecreaseMs: number,
  nextDecreaseMs: number,
): ApiError {
  return subscriberLimitExceeded(
    'Provisioned throughput decreases are limited within a given UTC day. After the first 4 ' +
      'decreases, each subsequent decrease in the same UTC day can be performed at most once ' +
      `every 3600 seconds. Number of decreases today: ${decreasesToday}. ` +
      `Last decrease at ${longDate(lastDecreaseMs)}. ` +
      `Next decrease can be made at ${longDate(nextDecreaseMs)}`,
  )
}

const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
const months =
  'January February March April May June July August September October November December'.split(' ')

/** Such as `Wednesday, July 25, 2018 9:39:45 AM UTC`. */
function longDate(timeMs: number): string {
  const date = new Date(timeMs)
  const day = `${weekdays[date.getUTCDay()]}, ${months[date.getUTCMonth()]} ${date.getUTCDate()}`
  const hours = date.getUTCHours()
  const half = hours < 12 ? 'AM' : 'PM'
  const minutesAndSeconds = date.toISOString().slice(14, 19)
  return `${day}, ${date.getUTCFullYear()} ${hours % 12 || 12}:${minutesAndSeconds} ${half} UTC`
}

const limitsHint =
  'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher ' +
  'limits.'

/** A member of ProvisionedThroughput or its name. */
export type CapacityMember = 'ReadCapacityUnits' | 'WriteCapacityUnits'
export type RequestUnitsMember = 'MaxReadRequestUnits' | 'MaxWriteRequestUnits'
export type WarmUnitsMember = 'ReadUnitsPerSecond' | 'WriteUnitsPerSecond'

export function capacityAboveTableLimit(
  member: CapacityMember,
  region: string,
  limit: number,
): ApiError {
  const message =
    `The requested ${member} is above the per table maximum for the account in ${region}. ` +
    `Per table maximum: ${limit}. ${limitsHint}`
  return new ApiError(limitExceededKind, message)
}

/** More units than any table could have; `indexName` when they are an index's. */
export function capacityOutOfBounds(
  value: number,
  member: CapacityMember,
  indexName: string | undefined,
): ApiError {
  const message = `Given value ${value} for ${member} is out of bounds`
  const place = indexName === undefined ? '' : ` for index ${indexName}`
  return validationException(message + place)
}

export interface CapacityPair {
  readonly ReadCapacityUnits: number
  readonly WriteCapacityUnits: number
}

export function throughputUnchanged(units: CapacityPair, indexName: string | undefined): ApiError {
  const { ReadCapacityUnits: read, WriteCapacityUnits: write } = units
  const what = indexName === undefined ? 'the table' : `the index ${indexName}`
  const kind = indexName === undefined ? 'table' : 'index'
  return validationException(
    `The provisioned throughput for ${what} will not change. The requested value equals the ` +
      `current value. Current ReadCapacityUnits provisioned for the ${kind}: ${read}. ` +
      `Requested ReadCapacityUnits: ${read}. ` +
      `Current WriteCapacityUnits provisioned for the ${kind}: ${write}. ` +
      `Requested WriteCapacityUnits: ${write}. ${limitsHint}`,
  )
}

export function throughputMissing(): ApiError {
  return invalidParameterValues(
    'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is ' +
      'PROVISIONED',
  )
}

export function throughputOnDemand(): ApiError {
  return invalidParameterValues(
    'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is ' +
      'PAY_PER_REQUEST',
  )
}

export function indexThroughputMissing(indexNames: readonly string[]): ApiError {
  const names = indexNames.join(',')
  return invalidParameterValues(`ProvisionedThroughput must be specified for index: ${names}`)
}

export function indexThroughputOnDemand(indexName: string): ApiError {
  return invalidParameterValues(
    `ProvisionedThroughput should not be specified for index: ${indexName} when BillingMode is ` +
      'PAY_PER_REQUEST',
  )
}

export function requestUnitsWhenProvisioned(
  member: RequestUnitsMember,
  indexName: string | undefined,
): ApiError {
  const place = indexName === undefined ? '' : ` for index: ${indexName}`
  return invalidParameterValues(
    `${member} for OnDemandThroughput cannot be specified${place} when table BillingMode is ` +
      'PROVISIONED.',
  )
}

/** A unit of OnDemandThroughput or WarmThroughput that the table or index cannot have. */
export function unitsOutOfRange(
  member: RequestUnitsMember | WarmUnitsMember,
  indexName: string | undefined,
): ApiError {
  const setting = member.startsWith('Max') ? 'OnDemandThroughput' : 'WarmThroughput'
  const place = indexName === undefined ? 'table' : `index: ${indexName}`
  return invalidParameterValues(
    `Requested ${member} for ${setting} for ${place} is outside of valid range`,
  )
}

/** A member that this operation cannot do without, in the form of a model constraint. */
export function membersMissing(paths: readonly string[]): ApiError {
  return validationErrors(
    paths.map((path) => constraintFailure(undefined, path, notNullConstraint)),
  )
}

interface KeySchemaElementLike {
  readonly AttributeName: string
  readonly KeyType: string
}

/** A key schema of a table or a local secondary index with more than two elements. */
export function keySchemaTooLong(
  path: string,
  elements: readonly KeySchemaElementLike[],
): ApiError {
  const shown = elements.map(
    (e) => `KeySchemaElement(attributeName=${e.AttributeName}, keyType=${e.KeyType})`,
  )
  return validationErrors([constraintFailure(listed(shown), path, maxLengthConstraint(2))])
}

export function duplicateAttributeDefinition(): ApiError {
  return validationException('Cannot have two attributes with the same name')
}

export function keyAttributeUndefined(): ApiError {
  return validationException('Invalid KeySchema: Some index key attribute have no definition')
}

export function indexKeyAttributesUndefined(
  keys: readonly string[],
  definitions: readonly string[],
): ApiError {
  return invalidParameterValues(
    'Some index key attributes are not defined in AttributeDefinitions. ' +
      `Keys: ${listed(keys)}, AttributeDefinitions: ${listed(definitions)}`,
  )
}

export function firstKeyNotHash(): ApiError {
  return validationException('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
}

export function secondKeyNotRange(): ApiError {
  return validationException(
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
  )
}

export function sameKeyTwice(): ApiError {
  return validationException(
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  )
}

export function hashAfterRange(): ApiError {
  return validationException('Invalid KeySchema: HASH key elements must precede RANGE key elements')
}

export function tooManyKeyAttributes(keyType: string, limit: number, indexName: string): ApiError {
  return invalidParameterValues(
    `Number of ${keyType} key attributes exceeds the limit of ${limit} for index: ${indexName}`,
  )
}

export function attributeDefinitionsUnmatched(): ApiError {
  return invalidParameterValues(
    'Number of attributes in KeySchema does not exactly match number of attributes defined in ' +
      'AttributeDefinitions',
  )
}

export function attributeDefinitionsUnused(
  definitions: readonly string[],
  keys: readonly string[],
): ApiError {
  return invalidParameterValues(
    'Some AttributeDefinitions are not used. ' +
      `AttributeDefinitions: ${listed(definitions)}, keys used: ${listed(keys)}`,
  )
}
