import { throughputOnDemand } from '../../errors/tableErrors.ts'
import { globalTablesUnsupported, nothingToUpdate } from '../../errors/tableSettingErrors.ts'
import { describeTableRecord } from '../../schema/tableDescription.ts'
import { checkCapacityBounds, checkCapacityQuota } from './capacityChecks.ts'
import { checkSseSpecification } from './encryptionSettings.ts'
import { checkIndexCreation } from './indexCreation.ts'
import { checkIndexUpdates } from './indexUpdates.ts'
import type { Services } from '../services.ts'
import { checkStreamSpecification } from './streamSettings.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import { updatedTableChange } from './updatedTableRecord.ts'

/**
 * UpdateTable: billing mode, throughput of the table and its indexes, stream, encryption, table
 * class, deletion protection, and one global secondary index created or deleted. The answer says
 * UPDATING; the change is in force by then unless statuses are delayed, but for an index, which is
 * built or removed in the background.
 */
export async function updateTable(
  { catalog, clock, region }: Pick<Services, 'catalog' | 'clock' | 'region'>,
  request: UpdateTableRequest,
): Promise<object> {
  checkSomethingToDo(request)
  checkSingleRegion(request)
  const { BillingMode: billingMode, ProvisionedThroughput: units } = request
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) throw throughputOnDemand()
  checkCapacityBounds(units)
  checkIndexUpdates(request.GlobalSecondaryIndexUpdates ?? [], billingMode)
  checkIndexCreation(request)
  checkStreamSpecification(request.StreamSpecification, 'updated')
  checkSseSpecification(request.SSESpecification)
  const table = catalog.tableForControl(request.TableName)
  checkCapacityQuota(units, region)
  for (const { Update, Create } of request.GlobalSecondaryIndexUpdates ?? []) {
    checkCapacityQuota((Update ?? Create)?.ProvisionedThroughput, region)
  }
  const change = await catalog.update(table, (record, nextNumber) =>
    updatedTableChange(record, request, { names: catalog.names, nowMs: clock.nowMs(), nextNumber }),
  )
  return { TableDescription: describeTableRecord(table, change.during, clock.nowMs()) }
}

function checkSomethingToDo(request: UpdateTableRequest): void {
  const settings = [
    request.ProvisionedThroughput,
    request.BillingMode,
    request.StreamSpecification,
    request.SSESpecification,
    request.TableClass,
    request.DeletionProtectionEnabled,
    request.OnDemandThroughput,
    request.WarmThroughput,
    request.MultiRegionConsistency,
    request.GlobalSecondaryIndexUpdates?.[0],
    request.ReplicaUpdates?.[0],
    request.GlobalTableWitnessUpdates?.[0],
  ]
  if (settings.every((setting) => setting === undefined)) throw nothingToUpdate()
}

function checkSingleRegion(request: UpdateTableRequest): void {
  if (request.ReplicaUpdates?.[0] !== undefined) throw globalTablesUnsupported('ReplicaUpdates')
  if (request.GlobalTableWitnessUpdates?.[0] !== undefined) {
    throw globalTablesUnsupported('GlobalTableWitnessUpdates')
  }
  if (request.MultiRegionConsistency !== undefined) {
    throw globalTablesUnsupported('MultiRegionConsistency')
  }
}
