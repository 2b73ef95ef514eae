import { ApiError, invalidParameterValues, modelledKind, validationException } from './apiError.ts'
import {
  constraintFailure,
  maxLengthConstraint,
  notNullConstraint,
  patternConstraint,
  validationErrors,
} from './wireErrors.ts'

/*
 * Texts of the control plane (behaviour digest 4.5 and 5). Spelling slips are DynamoDB's own.
 */

const resourceNotFoundKind = modelledKind('ResourceNotFoundException')
const resourceInUseKind = modelledKind('ResourceInUseException')
const tableNotFoundKind = modelledKind('TableNotFoundException')
const limitExceededKind = modelledKind('LimitExceededException')

const listed = (names: readonly string[]): string => `[${names.join(', ')}]`

/** What begins like an ARN is neither an ARN nor the name of a table. */
export function arnMalformed(text: string): ApiError {
  const constraint = patternConstraint('[a-zA-Z0-9_.-]+')
  return validationErrors([constraintFailure(text, 'tableName', constraint)])
}

export function arnOfOtherPartition(arn: string): ApiError {
  return validationErrors([`Invalid AWS partition in '${arn}'`])
}

export function arnOfOtherRegion(arn: string): ApiError {
  return validationErrors([`Invalid AWS region in '${arn}'`])
}

/** The ARN of an index, a stream or anything else that is no table. */
export function arnOfOtherResource(arn: string): ApiError {
  return validationErrors([`Invalid resource type in '${arn}'`])
}

/** A data plane request names a table that is not there, or not usable. */
export function resourceNotFound(): ApiError {
  return new ApiError(resourceNotFoundKind, 'Requested resource not found')
}

/** A change of throughput names an index that its table does not have. */
export function indexNotFound(indexName: string, tableName: string): ApiError {
  const message = `Requested resource not found: Index ${indexName} for table ${tableName}`
  return new ApiError(resourceNotFoundKind, message)
}

/** A control plane request names a table that is not there. */
export function tableNotFound(nameOrArn: string): ApiError {
  const message = `Requested resource not found: Table: ${nameOrArn} not found`
  return new ApiError(resourceNotFoundKind, message)
}

/** A request about backups names a table that is not there, or not yet. */
export function backedUpTableNotFound(tableName: string): ApiError {
  return new ApiError(tableNotFoundKind, `Table not found: ${tableName}`)
}

/** A tag request names a table that is not there. */
export function taggedResourceNotFound(arn: string): ApiError {
  const message = `Requested resource not found: ResourcArn: ${arn} not found`
  return new ApiError(resourceNotFoundKind, message)
}

export function tableAlreadyExists(tableName: string): ApiError {
  return new ApiError(resourceInUseKind, `Table already exists: ${tableName}`)
}

function resourceInUse(reason: string): ApiError {
  const message = `Attempt to change a resource which is still in use: ${reason}`
  return new ApiError(resourceInUseKind, message)
}

/** The table is in a status that does not admit the change. */
export function tableInUse(
  progress: 'created' | 'updated' | 'deleted',
  tableName: string,
): ApiError {
  return resourceInUse(`Table is being ${progress}: ${tableName}`)
}

/** DeleteTable of a table that is being updated. */
export function tableInUpdate(tableName: string): ApiError {
  return resourceInUse(`Table: ${tableName} is in the process of being updated.`)
}

/** A second change of throughput or billing mode while the table is being updated. */
export function capacityInUpdate(tableName: string): ApiError {
  return resourceInUse(`Table IOPS are currently being updated. Table: ${tableName}`)
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

/** One more index by UpdateTable than a table can have. */
export function tooManyIndexesOnline(limit: number): ApiError {
  const detail = `Number of global secondary indexes exceeds per-table limit of ${limit}`
  return subscriberLimitExceeded(detail)
}

/** More request units on demand than the quota of a table or index. */
export function requestUnitsAboveQuota(
  member: RequestUnitsMember,
  region: string,
  indexName: string | undefined,
): ApiError {
  const quota =
    member === 'MaxReadRequestUnits' ? 'TableMaxReadCapacityUnits' : 'TableMaxWriteCapacityUnits'
  return subscriberLimitExceeded(
    `Requested ${member} for OnDemandThroughput for ${ownerOfUnits(indexName)} exceeds ${quota} ` +
      `of the account in region ${region}`,
  )
}

const ownerOfUnits = (indexName: string | undefined): string =>
  indexName === undefined ? 'table' : `index : ${indexName}`

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

/** Such as `Friday, October 9, 2026 at 1:21:34 AM Coordinated Universal Time`. */
function longDate(timeMs: number): string {
  const date = new Date(timeMs)
  const day = `${weekdays[date.getUTCDay()]}, ${months[date.getUTCMonth()]} ${date.getUTCDate()}`
  const hours = date.getUTCHours()
  const half = hours < 12 ? 'AM' : 'PM'
  const time = `${hours % 12 || 12}:${date.toISOString().slice(14, 19)} ${half}`
  return `${day}, ${date.getUTCFullYear()} at ${time} Coordinated Universal Time`
}

/**
 * One more switch to on demand than a day may have. The text is that of 2019, when there was one
 * (captured), with today's number.
 */
export function tooManySwitches(
  switchesPerDay: number,
  lastSwitchMs: number,
  nextSwitchMs: number,
): ApiError {
  return subscriberLimitExceeded(
    `Update to PayPerRequest mode are limited to ${switchesPerDay} times in 1 day(s). ` +
      `Last update at ${shortDate(lastSwitchMs)}. ` +
      `Next update can be made at ${shortDate(nextSwitchMs)}`,
  )
}

/** Such as `Sat Feb 23 03:07:45 UTC 2019`. */
function shortDate(timeMs: number): string {
  const date = new Date(timeMs)
  const [weekday, month] = [weekdays[date.getUTCDay()], months[date.getUTCMonth()]]
  const dayOfMonth = String(date.getUTCDate()).padStart(2, '0')
  const day = `${weekday?.slice(0, 3)} ${month?.slice(0, 3)} ${dayOfMonth}`
  return `${day} ${date.toISOString().slice(11, 19)} UTC ${date.getUTCFullYear()}`
}

/** An operation on global tables names a table that is none, whether it is there or not. */
export function globalTableNotFound(tableName: string): ApiError {
  const message = `Global table with name: '${tableName}' does not exist.`
  return new ApiError(resourceNotFoundKind, message)
}

const limitsHint =
  'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher ' +
  'limits.'

/** A member of ProvisionedThroughput or its name. */
export type CapacityMember = 'ReadCapacityUnits' | 'WriteCapacityUnits'
export type RequestUnitsMember = 'MaxReadRequestUnits' | 'MaxWriteRequestUnits'
export type WarmUnitsMember = 'ReadUnitsPerSecond' | 'WriteUnitsPerSecond'

export function capacityAboveTableLimit(
  value: number,
  member: CapacityMember,
  region: string,
  limit: number,
): ApiError {
  const message =
    `The requested ${member}, ${value}, is above the per table maximum for the account in ` +
    `${region}. Per table maximum: ${limit}. ${limitsHint}`
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
  const owner = indexName === undefined ? 'the table' : `index ${indexName}`
  return validationException(
    `The provisioned throughput for ${what} will not change. The requested value equals the ` +
      `current value. Current ReadCapacityUnits provisioned for ${owner}: ${read}. ` +
      `Requested ReadCapacityUnits: ${read}. ` +
      `Current WriteCapacityUnits provisioned for ${owner}: ${write}. ` +
      `Requested WriteCapacityUnits: ${write}. ${limitsHint}`,
  )
}

/** PROVISIONED without units in CreateTable. */
export function throughputMissing(): ApiError {
  return invalidParameterValues(
    'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is ' +
      'PROVISIONED',
  )
}

/** PROVISIONED without units in UpdateTable. */
export function throughputMissingInUpdate(): ApiError {
  return invalidParameterValues(
    'ProvisionedThroughput must be specified when BillingMode is PROVISIONED',
  )
}

export function throughputOnDemand(): ApiError {
  return invalidParameterValues(
    'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is ' +
      'PAY_PER_REQUEST',
  )
}

/** A new table's index without units. */
export function indexThroughputMissing(indexName: string): ApiError {
  return invalidParameterValues(`ProvisionedThroughput is not specified for index: ${indexName}`)
}

/** Indexes of a table that becomes provisioned without units. */
export function indexThroughputMissingInUpdate(indexNames: readonly string[]): ApiError {
  const names = indexNames.join(',')
  return invalidParameterValues(`ProvisionedThroughput must be specified for index: ${names}`)
}

/** Units of a new index on demand. */
export function indexThroughputOnDemand(indexName: string): ApiError {
  return invalidParameterValues(
    `ProvisionedThroughput should not be specified for index: ${indexName} when BillingMode is ` +
      'PAY_PER_REQUEST',
  )
}

/** Units of an index of a table that is there and on demand, or becomes it. */
export function indexThroughputOnDemandInUpdate(indexName: string): ApiError {
  return invalidParameterValues(
    'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ' +
      `${indexName} when BillingMode is PAY_PER_REQUEST`,
  )
}

/** An Update of an index on demand that asks for nothing, or for units. */
export function indexUpdateNotOnDemand(indexName: string): ApiError {
  return invalidParameterValues(
    `The only Updates for index: ${indexName} when TableThroughputMode is PAY_PER_REQUEST can be ` +
      'to OnDemandThroughput, WarmThroughput',
  )
}

/** A new index of a provisioned table without units, or an Update of one that asks for nothing. */
export function indexCapacityMissing(indexName: string): ApiError {
  return invalidParameterValues(
    `Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${indexName}`,
  )
}

/** OnDemandThroughput in the creation of a provisioned table. */
export function requestUnitsWhenProvisioned(
  member: RequestUnitsMember,
  indexName: string | undefined,
): ApiError {
  const place = indexName === undefined ? '' : ` for index: ${indexName}`
  return invalidParameterValues(
    `${member} for OnDemandThroughput${place} cannot be specified when table BillingMode is ` +
      'PROVISIONED.',
  )
}

/** OnDemandThroughput in the update of a provisioned table. */
export function requestUnitsWhenProvisionedInUpdate(
  member: RequestUnitsMember,
  indexName: string | undefined,
): ApiError {
  const place = indexName === undefined ? '' : ` for index : ${indexName}`
  return invalidParameterValues(
    `${member} for OnDemandThroughput${place} cannot be specified when the table BillingMode is ` +
      'PROVISIONED',
  )
}

/** A unit of OnDemandThroughput or WarmThroughput that no table or index can have. */
export function unitsOutOfRange(
  member: RequestUnitsMember | WarmUnitsMember,
  indexName: string | undefined,
): ApiError {
  const setting = member.startsWith('Max') ? 'OnDemandThroughput' : 'WarmThroughput'
  return invalidParameterValues(
    `Requested ${member} for ${setting} for ${ownerOfUnits(indexName)} is outside of valid range`,
  )
}

const initialThroughputPage =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/' +
  'on-demand-capacity-mode.html#on-demand-capacity-mode-initial'

/** Why WarmThroughput cannot be as low as requested. */
export type WarmFloorReason = 'initial' | 'provisioned' | 'current'

export function warmUnitsTooLow(
  member: WarmUnitsMember,
  reason: WarmFloorReason,
  indexName: string | undefined,
): ApiError {
  const capacity = member === 'ReadUnitsPerSecond' ? 'ReadCapacityUnits' : 'WriteCapacityUnits'
  const floors: Readonly<Record<WarmFloorReason, string>> = {
    initial: `initial throughput for OnDemand. See: ${initialThroughputPage}`,
    provisioned: `${capacity} of ProvisionedThroughput`,
    current: 'current WarmThroughput, decreasing WarmThroughput is not supported',
  }
  const owner = indexName === undefined ? 'table' : `index ${indexName}`
  return invalidParameterValues(
    `Requested ${member} for WarmThroughput for ${owner} is lower than ${floors[reason]}`,
  )
}

/** WarmThroughput of an index without a member. */
export function warmUnitsMissing(indexName: string): ApiError {
  return invalidParameterValues(
    'WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond ' +
      `specified for index: ${indexName}`,
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

export function duplicateAttributeDefinition(name: string): ApiError {
  return validationException(`Attribute Name is duplicated: ${name}`)
}

/** Fewer attributes are defined than the key schema has. */
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

/** One attribute more than once in the key schema of a global index. */
export function indexKeyRepeated(): ApiError {
  return validationException('The KeySchema contains multiple key attributes with the same name')
}

export function hashAfterRange(): ApiError {
  return invalidParameterValues(
    'All HASH key attributes must precede RANGE key attributes in the KeySchema',
  )
}

export function tooManyKeyAttributes(keyType: 'HASH' | 'RANGE'): ApiError {
  return invalidParameterValues(
    `The KeySchema exceeds the maximum allowed number of ${keyType} key attributes`,
  )
}

/** One element of a key schema with the type of its attribute. */
export interface TypedKeyElement {
  readonly name: string
  readonly type: string
  readonly keyType: string
}

/** A new index needs another type of an attribute than the table or another index. */
export function attributeRedefined(
  existing: readonly TypedKeyElement[],
  added: readonly TypedKeyElement[],
): ApiError {
  const shown = (elements: readonly TypedKeyElement[]): string => {
    const texts = elements.map(
      ({ name, type, keyType }) => `SchemaElement: key{${name}:${type}:${keyType}}`,
    )
    return `Schema:${listed(texts)}`
  }
  return invalidParameterValues(
    'Attributes cannot be redefined. Please check that your attribute has the same type as ' +
      `previously defined. Existing schema: ${shown(existing)} New schema: ${shown(added)}`,
  )
}

/** A new index by UpdateTable without AttributeDefinitions. */
export function attributeDefinitionsMissing(indexName: string): ApiError {
  return invalidParameterValues(`AttributeDefinitions is not specified for index: ${indexName}`)
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
