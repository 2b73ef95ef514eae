import type { Catalog } from '../../catalog/catalog.ts'
import {
  tableInUse,
  throughputMissingInUpdate,
  throughputOnDemand,
} from '../../errors/tableErrors.ts'
import type { Table } from '../../schema/table.ts'
import { describeTableRecord } from '../../schema/tableDescription.ts'
import type { TableRecord } from '../../schema/tableRecord.ts'
import { warmUnits } from '../../schema/warmUnits.ts'
import {
  checkCapacityBounds,
  checkCapacityQuota,
  checkOnDemandQuota,
  checkWarmThroughput,
} from './capacityChecks.ts'
import { checkSseSpecification } from './encryptionSettings.ts'
import { checkIndexCreation } from './indexCreation.ts'
import { checkIndexUpdates } from './indexUpdates.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkStreamSpecification } from './streamSettings.ts'
import { tableClassOf } from './tableClass.ts'
import { billingModeOf } from './tableCreation.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import { checkConcerns } from './updateConcerns.ts'
import { answerOf } from './updateAnswer.ts'
import { checkVectorIndexUpdates } from './vectorIndexUpdates.ts'
import { updatedTableChange } from './updatedTableRecord.ts'

type UpdateServices = Pick<Services, 'catalog' | 'clock' | 'region' | 'throttle'>

/**
 * UpdateTable: billing mode, throughput of the table and its indexes, stream, encryption, table
 * class, protections, and one global secondary or vector index created or deleted. The answer says
 * UPDATING where AWS's does; the change is in force by then unless statuses are delayed, but for an
 * index, which is built or removed in the background.
 */
export async function updateTable(
  { catalog, clock, region, throttle }: UpdateServices,
  request: UpdateTableRequest,
): Promise<object> {
  checkConcerns(request)
  checkAlone(request)
  const table = catalog.tableForControl(request.TableName)
  checkUnits(request, region)
  const before = table.record
  if (amendsSetting(request)) {
    const after = await amendSetting(catalog, table, request)
    const description = describeTableRecord(table, after, clock.nowMs())
    return { TableDescription: answerOf(description, request, { before, after }) }
  }
  const { names } = catalog
  const change = await catalog.update(table, (record, nextNumber, openStream) => {
    const limitsSwitches = throttle !== undefined
    const context = { names, nowMs: clock.nowMs(), limitsSwitches, nextNumber, openStream }
    return updatedTableChange(record, request, context)
  })
  const description = describeTableRecord(table, change.during, clock.nowMs())
  return { TableDescription: answerOf(description, request, { before, after: change.after }) }
}

/** Checks what can be said without the table. */
function checkAlone(request: UpdateTableRequest): void {
  const { ProvisionedThroughput: units } = request
  const billingMode = billingModeOf(request)
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) throw throughputOnDemand()
  if (billingMode === 'PROVISIONED' && units === undefined) throw throughputMissingInUpdate()
  checkCapacityBounds(units)
  checkIndexUpdates(request.GlobalSecondaryIndexUpdates ?? [], billingMode)
  checkIndexCreation(request)
  checkVectorIndexUpdates(request.VectorIndexUpdates ?? [])
  checkStreamSpecification(request.StreamSpecification, 'updated')
  checkSseSpecification(request.SSESpecification)
  tableClassOf(request.TableClass)
}

function checkUnits(request: UpdateTableRequest, region: string): void {
  checkCapacityQuota(request.ProvisionedThroughput, region)
  checkOnDemandQuota(request.OnDemandThroughput, region)
  for (const { Update, Create } of request.GlobalSecondaryIndexUpdates ?? []) {
    const action = Update ?? Create
    if (action === undefined) continue
    checkCapacityBounds(action.ProvisionedThroughput, action.IndexName)
    checkCapacityQuota(action.ProvisionedThroughput, region)
    checkOnDemandQuota(action.OnDemandThroughput, region, action.IndexName)
  }
}

function amendsSetting(request: UpdateTableRequest): boolean {
  const { DeletionProtectionEnabled, DisassociationProtectionEnabled } = request
  if (DeletionProtectionEnabled !== undefined) return true
  return DisassociationProtectionEnabled !== undefined || asksForWarmth(request)
}

function asksForWarmth({ WarmThroughput: units }: UpdateTableRequest): boolean {
  return units !== undefined && Object.keys(units).length > 0
}

/** Protections and warm throughput change whatever else is under way, and at once. */
async function amendSetting(
  catalog: Catalog,
  table: Table,
  request: UpdateTableRequest,
): Promise<TableRecord> {
  const { DeletionProtectionEnabled: isProtected, WarmThroughput: units } = request
  const { DisassociationProtectionEnabled: staysAssociated } = request
  await catalog.amend(table, (record) => {
    if (record.status === 'CREATING') throw tableInUse('created', record.tableName)
    if (record.status === 'DELETING') throw tableInUse('deleted', record.tableName)
    if (isProtected !== undefined) return { ...record, deletionProtectionEnabled: isProtected }
    if (staysAssociated !== undefined) {
      return { ...record, disassociationProtectionEnabled: staysAssociated }
    }
    const warm = warmUnits(record.billingMode, record.throughput, record.warmThroughput)
    checkWarmThroughput(units, undefined, warm, 'current')
    return { ...record, warmThroughput: { ...warm, ...units } }
  })
  return table.record
}

export const updateTableOperation: Operation<UpdateTableRequest> = {
  name: 'UpdateTable',
  access: 'control',
  resources: namedTable,
  handler: unmetered(updateTable),
}
