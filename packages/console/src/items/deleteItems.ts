import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../database/connection.ts'
import type { Item } from '../values/dynamodbJson.ts'

export interface Deletion {
  readonly tableName: string
  readonly keyNames: readonly string[]
  readonly keys: readonly Item[]
}

/**
 * Deletes items one after another, until `signal` says to stop. Resolves to those that were there
 * as they were deleted. Rejects with DeletionFailed at the first one that fails.
 */
export async function deleteItems(
  { client }: Connection,
  { tableName, keys }: Deletion,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const deleted: Item[] = []
  for (const [done, Key] of keys.entries()) {
    if (signal.aborted) break
    const command = new DeleteItemCommand({ TableName: tableName, Key, ReturnValues: 'ALL_OLD' })
    try {
      const { Attributes } = await client.send(command)
      if (Attributes !== undefined) deleted.push(Attributes)
    } catch (error) {
      throw new DeletionFailed(error, deleted)
    }
    onProgress(done + 1)
  }
  return deleted
}

/** One of several items could not be deleted. */
export class DeletionFailed extends Error {
  readonly deleted: readonly Item[]

  constructor(cause: unknown, deleted: readonly Item[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = cause instanceof Error ? cause.name : 'Error'
    this.deleted = deleted
  }
}
