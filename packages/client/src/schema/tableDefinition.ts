import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { keyAttributesOf } from './table.ts'
import type { Index, TableShape } from './tableShape.ts'

/**
 * What CreateTable makes a table of: its keys and indexes, which are strings, with capacity on
 * demand and all attributes in the indexes. For tests and first steps; spread it to say more.
 */
export function tableDefinition(table: TableShape): CreateTableCommandInput {
  const { name, partitionKey, sortKey } = table
  const indexes = Object.entries(table.indexes)
  const local = indexes.filter(([, { isLocal }]) => isLocal === true).map(indexDefinition)
  const global = indexes.filter(([, { isLocal }]) => isLocal !== true).map(indexDefinition)
  return {
    TableName: name,
    KeySchema: keySchema({ partitionKey, sortKey }),
    AttributeDefinitions: keyAttributesOf(table).map((AttributeName) => {
      return { AttributeName, AttributeType: 'S' }
    }),
    BillingMode: 'PAY_PER_REQUEST',
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  }
}

type Definition = NonNullable<CreateTableCommandInput['GlobalSecondaryIndexes']>[number]

function indexDefinition([IndexName, index]: [string, Index]): Definition {
  return { IndexName, KeySchema: keySchema(index), Projection: { ProjectionType: 'ALL' } }
}

function keySchema({ partitionKey, sortKey }: Index): Definition['KeySchema'] {
  const partition = { AttributeName: partitionKey, KeyType: 'HASH' } as const
  return sortKey === undefined
    ? [partition]
    : [partition, { AttributeName: sortKey, KeyType: 'RANGE' }]
}
