import { tableInUpdate, tableInUse } from '../../errors/tableErrors.ts'
import { deletionProtected } from '../../errors/tableSettingErrors.ts'
import { tableHasChangingIndexes } from '../../errors/vectorErrors.ts'
import { describeDeletedTable } from '../../schema/tableDescription.ts'
import type { TableRecord } from '../../schema/tableRecord.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface DeleteTableRequest {
  readonly TableName: string
}

/**
 * DeleteTable: from the answer on, no request sees the table or its items, and its name is free
 * unless statuses are delayed.
 */
export async function deleteTable(
  { catalog, clock }: Pick<Services, 'catalog' | 'clock'>,
  request: DeleteTableRequest,
): Promise<object> {
  const table = catalog.tableForControl(request.TableName)
  const record = await catalog.drop(table, checkDeletable)
  return { TableDescription: describeDeletedTable(table, record, clock.nowMs()) }
}

function checkDeletable(record: TableRecord): void {
  const { status, tableName, deletionProtectionEnabled, vectorIndexes = [] } = record
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'UPDATING') throw tableInUpdate(tableName)
  if (vectorIndexes.some((index) => index.status !== 'ACTIVE')) throw tableHasChangingIndexes()
  if (deletionProtectionEnabled) throw deletionProtected()
}

export const deleteTableOperation: Operation<DeleteTableRequest> = {
  name: 'DeleteTable',
  access: 'control',
  resources: namedTable,
  handler: unmetered(deleteTable),
}
