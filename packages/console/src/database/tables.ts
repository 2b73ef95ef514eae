import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  type DynamoDBClient,
  type TableDescription,
  type TimeToLiveDescription,
} from '@aws-sdk/client-dynamodb'

/** What is told of names while more are on their way. */
type Progress = (names: readonly string[]) => void

/** The names of all tables, in order; `onProgress` has those that are known so far. */
export async function listTables(
  client: DynamoDBClient,
  signal: AbortSignal,
  onProgress: Progress = () => undefined,
): Promise<readonly string[]> {
  const names: string[] = []
  let last: string | undefined
  do {
    const command = new ListTablesCommand({ Limit: 100, ExclusiveStartTableName: last })
    const { TableNames = [], LastEvaluatedTableName } = await client.send(command, {
      abortSignal: signal,
    })
    names.push(...TableNames)
    last = LastEvaluatedTableName
    onProgress([...names])
  } while (last !== undefined)
  return names
}

/** A table as it is. Rejects with ResourceNotFoundException where there is none. */
export async function describeTable(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  if (Table === undefined) throw new Error(`The answer has no table ${tableName}.`)
  return Table
}

export async function describeTimeToLive(
  client: DynamoDBClient,
  tableName: string,
): Promise<TimeToLiveDescription> {
  const command = new DescribeTimeToLiveCommand({ TableName: tableName })
  return (await client.send(command)).TimeToLiveDescription ?? {}
}

/** An attribute of a primary key. */
export interface KeyAttribute {
  readonly name: string
  /** `S`, `N` or `B`. */
  readonly type: string
}

/** The primary key of a table, the partition key first. */
export function primaryKeyOf(table: TableDescription): readonly KeyAttribute[] {
  const { KeySchema = [], AttributeDefinitions = [] } = table
  return KeySchema.map(({ AttributeName: name = '' }) => {
    const defined = AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)
    return { name, type: defined?.AttributeType ?? 'S' }
  })
}
