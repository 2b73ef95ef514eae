import { recordOf, recordsOf, withoutUndefined, type JsonRecord } from '../records.ts'

const attributeTypes: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' }

/** The properties of AWS::DynamoDB::Table that are those of SAM's AWS::Serverless::SimpleTable. */
export function propertiesOfSimpleTable(properties: JsonRecord): JsonRecord {
  const { Name = 'id', Type = 'String' } = recordOf(properties['PrimaryKey'])
  const throughput = properties['ProvisionedThroughput']
  const tags = Object.entries(recordOf(properties['Tags']))
  return withoutUndefined({
    TableName: properties['TableName'],
    AttributeDefinitions: [
      { AttributeName: Name, AttributeType: attributeTypes[String(Type)] ?? Type },
    ],
    KeySchema: [{ AttributeName: Name, KeyType: 'HASH' }],
    ...(throughput === undefined
      ? { BillingMode: 'PAY_PER_REQUEST' }
      : { ProvisionedThroughput: throughput }),
    SSESpecification: properties['SSESpecification'],
    Tags: tags.map(([Key, Value]) => ({ Key, Value })),
  })
}

/**
 * The properties of AWS::DynamoDB::Table that are those of AWS::DynamoDB::GlobalTable in `region`:
 * of its replicas the one there, or else the first.
 */
export function propertiesOfGlobalTable(properties: JsonRecord, region: string): JsonRecord {
  const replicas = recordsOf(properties['Replicas'])
  const replica = replicas.find((each) => each['Region'] === region) ?? replicas[0] ?? {}
  const { TableClass, Tags, DeletionProtectionEnabled } = replica
  const indexes = recordsOf(properties['GlobalSecondaryIndexes'])
  const ofReplica = recordsOf(replica['GlobalSecondaryIndexes'])
  return withoutUndefined({
    ...properties,
    TableClass,
    Tags,
    DeletionProtectionEnabled,
    ProvisionedThroughput: throughputOf(properties, replica),
    OnDemandThroughput: onDemandOf(properties, replica),
    GlobalSecondaryIndexes: indexes.map((index) => {
      const { IndexName } = index
      const reads = ofReplica.find((each) => each['IndexName'] === IndexName) ?? {}
      return {
        ...index,
        ProvisionedThroughput: throughputOf(index, reads),
        OnDemandThroughput: onDemandOf(index, reads),
      }
    }),
  })
}

/** What writes have is said of the table, what reads have of the replica; one unit if it scales. */
function throughputOf(table: JsonRecord, replica: JsonRecord): JsonRecord {
  const writes = recordOf(table['WriteProvisionedThroughputSettings'])
  const reads = recordOf(replica['ReadProvisionedThroughputSettings'])
  const writeScaling = recordOf(writes['WriteCapacityAutoScalingSettings'])
  const readScaling = recordOf(reads['ReadCapacityAutoScalingSettings'])
  return {
    ReadCapacityUnits: reads['ReadCapacityUnits'] ?? readScaling['MinCapacity'] ?? 1,
    WriteCapacityUnits:
      writes['WriteCapacityUnits'] ??
      writeScaling['SeedCapacity'] ??
      writeScaling['MinCapacity'] ??
      1,
  }
}

function onDemandOf(table: JsonRecord, replica: JsonRecord): JsonRecord | undefined {
  const all = {
    ...recordOf(table['WriteOnDemandThroughputSettings']),
    ...recordOf(replica['ReadOnDemandThroughputSettings']),
  }
  return Object.keys(all).length === 0 ? undefined : all
}
