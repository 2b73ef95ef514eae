import type { TableDescription } from '@aws-sdk/client-dynamodb'

/** What is known of the keys of a table. */
export interface KeysOfTable {
  /** The names of the attributes of the primary key, that of the partition key first. */
  readonly keyNames: readonly string[]
  /** The types of all key attributes, those of indexes too. */
  readonly keyTypes: ReadonlyMap<string, string>
}

/** The key attributes of a table, those of its indexes among the types. */
export function keysOfTable(table: TableDescription): KeysOfTable {
  const schema = table.KeySchema ?? []
  const nameOf = (type: string): string[] =>
    schema.flatMap(({ KeyType, AttributeName = '' }) => (KeyType === type ? [AttributeName] : []))
  const definitions = table.AttributeDefinitions ?? []
  return {
    keyNames: [...nameOf('HASH'), ...nameOf('RANGE')],
    keyTypes: new Map(
      definitions.map(({ AttributeName = '', AttributeType = 'S' }) => [
        AttributeName,
        AttributeType,
      ]),
    ),
  }
}
