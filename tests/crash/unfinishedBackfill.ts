import { openEngine } from '../../packages/server/src/cli/openEngine.ts'
import { tableRecordKey } from '../../packages/server/src/layout/storeKeys.ts'
import { decodeStoredTable } from '../../packages/server/src/schema/tableRecord.ts'
import { archive } from './crashTables.ts'

/**
 * Whether an index of the archive is still being built in a store that no server has open. Asked of a server,
 * the answer would depend on how fast it goes on with what it finds.
 */
export async function hasUnfinishedBackfill(dataDirectory: string): Promise<boolean> {
  const engine = await openEngine({ dataDirectory, readOnly: true })
  try {
    const stored = await engine.get(tableRecordKey(archive.definition.name))
    const { record } = decodeStoredTable(stored as Uint8Array)
    return record.globalSecondaryIndexes.some(({ status }) => status === 'CREATING')
  } finally {
    await engine.close()
  }
}
