import { recordOf, recordsOf, textOf, withoutUndefined, type JsonRecord } from '../records.ts'
import type { TableInput } from '../definedTable.ts'

/**
 * The input of CreateTable for the properties of AWS::DynamoDB::Table, which have their functions
 * worked out. What a table has besides (backups, insights, Kinesis, imports) is left out.
 */
export function inputOfProperties(name: string, properties: JsonRecord): TableInput {
  const { AttributeDefinitions, KeySchema, TableClass } = properties
  const isOnDemand = properties['BillingMode'] === 'PAY_PER_REQUEST'
  return {
    TableName: name,
    ...withoutUndefined({
      AttributeDefinitions,
      KeySchema,
      TableClass,
      BillingMode: properties['BillingMode'],
      ProvisionedThroughput: isOnDemand
        ? undefined
        : numbersOf(properties['ProvisionedThroughput']),
      OnDemandThroughput: numbersOf(properties['OnDemandThroughput']),
      WarmThroughput: numbersOf(properties['WarmThroughput']),
      GlobalSecondaryIndexes: indexesOf(properties['GlobalSecondaryIndexes'], isOnDemand),
      LocalSecondaryIndexes: indexesOf(properties['LocalSecondaryIndexes'], true),
      StreamSpecification: streamOf(properties['StreamSpecification']),
      SSESpecification: encryptionOf(properties['SSESpecification']),
      DeletionProtectionEnabled: booleanOf(properties['DeletionProtectionEnabled']),
      Tags: tagsOf(properties['Tags']),
    }),
  }
}

/** The attribute that items expire by; undefined where they do not. */
export function timeToLiveOf(properties: JsonRecord): string | undefined {
  const { AttributeName, Enabled } = recordOf(properties['TimeToLiveSpecification'])
  return booleanOf(Enabled) === true && typeof AttributeName === 'string'
    ? AttributeName
    : undefined
}

function indexesOf(indexes: unknown, isOnDemand: boolean): readonly JsonRecord[] | undefined {
  const found = recordsOf(indexes)
  if (found.length === 0) return undefined
  return found.map(({ IndexName, KeySchema, Projection, ...others }) =>
    withoutUndefined({
      IndexName,
      KeySchema,
      Projection,
      ProvisionedThroughput: isOnDemand ? undefined : numbersOf(others['ProvisionedThroughput']),
      OnDemandThroughput: numbersOf(others['OnDemandThroughput']),
      WarmThroughput: numbersOf(others['WarmThroughput']),
    }),
  )
}

/** Templates may have numbers as texts. */
function numbersOf(value: unknown): JsonRecord | undefined {
  const members = Object.entries(recordOf(value))
  if (members.length === 0) return undefined
  return Object.fromEntries(members.map(([name, each]) => [name, Number(each)]))
}

function booleanOf(value: unknown): boolean | undefined {
  if (value === undefined) return undefined
  return value === true || textOf(value).toLowerCase() === 'true'
}

function streamOf(value: unknown): JsonRecord | undefined {
  const { StreamViewType } = recordOf(value)
  return StreamViewType === undefined ? undefined : { StreamEnabled: true, StreamViewType }
}

function encryptionOf(value: unknown): JsonRecord | undefined {
  const { SSEEnabled, SSEType, KMSMasterKeyId } = recordOf(value)
  if (booleanOf(SSEEnabled) !== true) return undefined
  return withoutUndefined({ Enabled: true, SSEType, KMSMasterKeyId })
}

function tagsOf(value: unknown): readonly JsonRecord[] | undefined {
  const tags = recordsOf(value).map(({ Key, Value }) => ({
    Key: textOf(Key),
    Value: textOf(Value),
  }))
  return tags.length === 0 ? undefined : tags
}
