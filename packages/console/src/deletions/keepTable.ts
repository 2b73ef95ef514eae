import {
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
  ScanCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import type { Connection } from '../database/connection.ts'
import { keysOfTable } from '../database/keysOfTable.ts'
import { describeTimeToLive } from '../database/tables.ts'
import { keepCopy } from '../kept/keptCopies.ts'
import type { Work } from '../parts/works.tsx'
import { exportItems } from '../transfers/exportItems.ts'
import type { Item } from '../values/dynamodbJson.ts'

type WithUnits = Pick<TableDescription, 'ProvisionedThroughput' | 'OnDemandThroughput'>

/** What CreateTable makes a table like this one of. */
export function definitionOf(table: TableDescription): CreateTableCommandInput {
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const unitsOf = ({ ProvisionedThroughput, OnDemandThroughput }: WithUnits) => {
    const { ReadCapacityUnits, WriteCapacityUnits } = ProvisionedThroughput ?? {}
    if (!isOnDemand) return { ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } }
    return OnDemandThroughput === undefined ? {} : { OnDemandThroughput }
  }
  const globals = table.GlobalSecondaryIndexes?.map((index) => {
    const { IndexName, KeySchema, Projection } = index
    return { IndexName, KeySchema, Projection, ...unitsOf(index) }
  })
  const locals = table.LocalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }))
  const vectors = table.VectorIndexes?.map((index) => {
    const { IndexName, VectorAttribute, Dimensions, DistanceFunction } = index
    const { SearchSchema, Projection } = index
    return {
      IndexName,
      VectorAttribute,
      Dimensions,
      DistanceFunction,
      Projection,
      ...(SearchSchema !== undefined && { SearchSchema }),
    }
  })
  const { TableName, AttributeDefinitions, KeySchema, StreamSpecification } = table
  const { SSEType, KMSMasterKeyArn: KMSMasterKeyId } = table.SSEDescription ?? {}
  return {
    TableName,
    AttributeDefinitions,
    KeySchema,
    BillingMode: isOnDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...unitsOf(table),
    ...(globals !== undefined && { GlobalSecondaryIndexes: globals }),
    ...(locals !== undefined && { LocalSecondaryIndexes: locals }),
    ...(vectors !== undefined && { VectorIndexes: vectors }),
    ...(SSEType !== undefined && { SSESpecification: { Enabled: true, SSEType, KMSMasterKeyId } }),
    ...(StreamSpecification?.StreamEnabled === true && { StreamSpecification }),
    ...(table.TableClassSummary?.TableClass !== undefined && {
      TableClass: table.TableClassSummary.TableClass,
    }),
  }
}

/** The policy of a table as a member of CreateTable's input; none where there is none. */
export async function policyOf(
  client: DynamoDBClient,
  ResourceArn: string | undefined,
): Promise<Pick<CreateTableCommandInput, 'ResourcePolicy'>> {
  try {
    const { Policy } = await client.send(new GetResourcePolicyCommand({ ResourceArn }))
    return { ResourcePolicy: Policy }
  } catch (error) {
    if (error instanceof Error && error.name === 'PolicyNotFoundException') return {}
    throw error
  }
}

/**
 * Keeps a copy of a table and its items, as they are read one after another. Resolves to its id;
 * undefined when it was stopped. Rejects with what the database or the browser refused.
 */
export async function keepTable(
  connection: Connection,
  table: TableDescription,
  [onProgress, signal]: Parameters<Work['perform']>,
): Promise<number | undefined> {
  const { client, namespace } = connection
  const { TableName: tableName = '', TableArn, ItemCount } = table
  const { AttributeName } = await describeTimeToLive(client, tableName)
  const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: TableArn }))
  const policy = await policyOf(client, TableArn)
  const exported = await exportItems({
    format: 'dynamodb',
    keys: keysOfTable(table),
    pages: pagesOf(connection, tableName, signal),
    of: ItemCount,
    onProgress,
    signal,
  })
  if (exported === undefined || signal.aborted) return undefined
  const tags = Tags === undefined || Tags.length === 0 ? {} : { Tags }
  return keepCopy({
    kind: 'table',
    namespace,
    tableName,
    at: Date.now(),
    definition: { ...definitionOf(table), ...tags, ...policy },
    timeToLive: AttributeName,
    count: exported.count,
    file: exported.file,
  })
}

async function* pagesOf(
  { client }: Connection,
  TableName: string,
  abortSignal: AbortSignal,
): AsyncGenerator<readonly Item[]> {
  let ExclusiveStartKey: Item | undefined
  do {
    const command = new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true })
    const { Items = [], LastEvaluatedKey } = await client.send(command, { abortSignal })
    yield Items
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey !== undefined)
}
