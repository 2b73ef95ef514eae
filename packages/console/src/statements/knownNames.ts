import type { TableDescription } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../database/connection.ts'
import { attributesSeen } from '../database/seenAttributes.ts'
import { describeTable, listTables } from '../database/tables.ts'
import type { Names } from './partiqlLanguage.ts'

/** For so long what is known of tables is not asked for again, in milliseconds. */
const freshMs = 5000

/**
 * The names of a database, asked for when they are first needed. What may not be asked for is
 * nothing that can be completed.
 */
export function knownNames({ client }: Connection): Names {
  const { signal } = new AbortController()
  const tables = remembered(() => listTables(client, signal))
  const descriptions = new Map<string, () => Promise<TableDescription>>()
  const described = (tableName: string): Promise<TableDescription> => {
    const known = descriptions.get(tableName) ?? remembered(() => describeTable(client, tableName))
    descriptions.set(tableName, known)
    return known()
  }
  return {
    tables: () => tables().catch(() => []),
    async indexesOf(tableName) {
      const table = await described(tableName).catch(() => undefined)
      const indexes = [
        ...(table?.GlobalSecondaryIndexes ?? []),
        ...(table?.LocalSecondaryIndexes ?? []),
      ]
      return indexes.map(({ IndexName = '' }) => IndexName)
    },
    async attributesOf(tableName) {
      const table = await described(tableName).catch(() => undefined)
      const ofKeys = (table?.AttributeDefinitions ?? []).map(
        ({ AttributeName = '' }) => AttributeName,
      )
      return [...ofKeys, ...attributesSeen(tableName)]
    },
  }
}

function remembered<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined
  let askedMs = 0
  return () => {
    const nowMs = performance.now()
    if (answer === undefined || nowMs - askedMs > freshMs) {
      answer = ask()
      askedMs = nowMs
    }
    return answer
  }
}
