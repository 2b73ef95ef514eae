import type { DefinedTable, SeedItem, TableInput } from '../definedTable.ts'
import { isRecord, recordOf, recordsOf, withoutUndefined, type JsonRecord } from '../records.ts'

/** Whether `value` is a data model of NoSQL Workbench. */
export const isWorkbenchModel = (value: JsonRecord): boolean =>
  Array.isArray(value['DataModel']) && recordsOf(value['DataModel']).every(isTableOfModel)

const isTableOfModel = (table: JsonRecord): boolean =>
  typeof table['TableName'] === 'string' && isRecord(table['KeyAttributes'])

/** The tables of a data model of NoSQL Workbench, with their sample data. */
export function tablesOfModel(model: JsonRecord): readonly DefinedTable[] {
  return recordsOf(model['DataModel']).map((table) => ({
    input: inputOf(table),
    items: recordsOf(table['TableData']) as readonly SeedItem[],
  }))
}

function inputOf(table: JsonRecord): TableInput {
  const types = new Map<string, unknown>()
  const KeySchema = keySchemaOf(table, types)
  const isProvisioned = table['BillingMode'] === 'PROVISIONED'
  const settings = recordOf(table['ProvisionedCapacitySettings'])
  const throughput = isProvisioned ? throughputOf(settings['ProvisionedThroughput']) : undefined
  const indexes = (name: string, own: JsonRecord | undefined): JsonRecord[] | undefined => {
    const found = recordsOf(table[name]).map((index) => ({
      IndexName: index['IndexName'],
      KeySchema: keySchemaOf(index, types),
      Projection: projectionOf(index['Projection']),
      ...(own !== undefined && { ProvisionedThroughput: own }),
    }))
    return found.length === 0 ? undefined : found
  }
  const GlobalSecondaryIndexes = indexes('GlobalSecondaryIndexes', throughput)
  const LocalSecondaryIndexes = indexes('LocalSecondaryIndexes', undefined)
  return {
    TableName: String(table['TableName']),
    ...withoutUndefined({
      KeySchema,
      AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      BillingMode: isProvisioned ? 'PROVISIONED' : 'PAY_PER_REQUEST',
      ProvisionedThroughput: throughput,
      GlobalSecondaryIndexes,
      LocalSecondaryIndexes,
    }),
  }
}

/** The key schema of a table or an index of a model; the types of its attributes go to `types`. */
function keySchemaOf(table: JsonRecord, types: Map<string, unknown>): readonly JsonRecord[] {
  const { PartitionKey, SortKey } = recordOf(table['KeyAttributes'])
  const elements: JsonRecord[] = []
  const add = (key: unknown, KeyType: string): void => {
    if (!isRecord(key)) return
    const { AttributeName, AttributeType } = key
    types.set(String(AttributeName), AttributeType)
    elements.push({ AttributeName, KeyType })
  }
  add(PartitionKey, 'HASH')
  add(SortKey, 'RANGE')
  return elements
}

function projectionOf(value: unknown): JsonRecord {
  const { ProjectionType = 'ALL', NonKeyAttributes } = recordOf(value)
  return withoutUndefined({
    ProjectionType,
    NonKeyAttributes: ProjectionType === 'INCLUDE' ? NonKeyAttributes : undefined,
  })
}

function throughputOf(value: unknown): JsonRecord {
  const { ReadCapacityUnits = 5, WriteCapacityUnits = 5 } = recordOf(value)
  return { ReadCapacityUnits, WriteCapacityUnits }
}
