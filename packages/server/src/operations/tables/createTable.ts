import { tagPermissions } from '../access/tagPermissions.ts'
import {
  indexThroughputMissing,
  indexThroughputOnDemand,
  membersMissing,
  throughputMissing,
  throughputOnDemand,
} from '../../errors/tableErrors.ts'
import { globalTablesUnsupported } from '../../errors/tableSettingErrors.ts'
import type { PolicySettings } from '../../schema/tableRecord.ts'
import { describeTableRecord } from '../../schema/tableDescription.ts'
import { capacityUnits } from '../../schema/warmUnits.ts'
import {
  checkCapacityBounds,
  checkCapacityQuota,
  checkNewOnDemandThroughput,
  checkOnDemandQuota,
  checkWarmThroughput,
  newThroughput,
  newWarmFloorReason,
} from './capacityChecks.ts'
import { checkSseSpecification } from './encryptionSettings.ts'
import { checkIndexes } from './indexChecks.ts'
import {
  checkAttributeDefinitions,
  checkKeySchemaLength,
  checkTableKeySchema,
} from './keySchemaChecks.ts'
import { newTableChange } from './newTableRecord.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkStreamSpecification } from './streamSettings.ts'
import { tableClassOf } from './tableClass.ts'
import { billingModeOf, type CreateTableRequest, type TableCreation } from './tableCreation.ts'
import { checkTags } from '../tags/tagChecks.ts'

/**
 * CreateTable. The answer says CREATING; the table is usable by then unless statuses are delayed.
 */
export async function createTable(
  services: Pick<Services, 'catalog' | 'clock' | 'random' | 'region'>,
  request: CreateTableRequest,
): Promise<object> {
  const { catalog, clock, random, region } = services
  const tableName = catalog.names.tableName(request.TableName)
  if (request.GlobalTableSourceArn !== undefined) {
    throw globalTablesUnsupported('GlobalTableSourceArn')
  }
  checkMembersPresent(request)
  checkKeySchemaLengths(request)
  checkBilling(request)
  checkAttributeDefinitions(request.AttributeDefinitions)
  checkTableKeySchema(request.KeySchema, request.AttributeDefinitions)
  checkIndexes(request, billingModeOf(request) ?? 'PROVISIONED')
  checkIndexCapacities(request)
  checkStreamSpecification(request.StreamSpecification, 'created')
  checkSseSpecification(request.SSESpecification)
  const tableClass = tableClassOf(request.TableClass)
  const tags = request.Tags ?? []
  checkTags(tags)
  const policySettings = await newPolicySettings(request, clock.nowMs())
  checkQuotas(request, region)
  const { table, change } = await catalog.create(tableName, (tableNumber, nextNumber, openStream) =>
    newTableChange(request, catalog.names, {
      tableName,
      tableId: random.uuid(),
      tableNumber,
      creationDateTimeMs: clock.nowMs(),
      tableClass,
      tags,
      ...(policySettings !== undefined && { policySettings }),
      nextNumber,
      openStream,
    }),
  )
  return { TableDescription: describeTableRecord(table, change.during, clock.nowMs()) }
}

/** The model leaves these out of its required members for the sake of global tables. */
function checkMembersPresent(request: CreateTableRequest): asserts request is TableCreation {
  const missing: string[] = []
  if (request.AttributeDefinitions === undefined) missing.push('attributeDefinitions')
  if (request.KeySchema === undefined) missing.push('keySchema')
  if (missing.length > 0) throw membersMissing(missing)
}

function checkKeySchemaLengths({ KeySchema, LocalSecondaryIndexes }: TableCreation): void {
  checkKeySchemaLength('keySchema', KeySchema)
  LocalSecondaryIndexes?.forEach((index, i) => {
    checkKeySchemaLength(`localSecondaryIndexes.${i + 1}.member.keySchema`, index.KeySchema)
  })
}

/** Checks billing mode and capacity of the table, apart from its indexes. */
function checkBilling(request: TableCreation): void {
  const { ProvisionedThroughput: units } = request
  const billingMode = billingModeOf(request) ?? 'PROVISIONED'
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) throw throughputOnDemand()
  if (billingMode === 'PROVISIONED' && units === undefined) throw throughputMissing()
  checkCapacityBounds(units)
  for (const index of request.GlobalSecondaryIndexes ?? []) {
    checkCapacityBounds(index.ProvisionedThroughput, index.IndexName)
  }
  checkNewOnDemandThroughput(request.OnDemandThroughput, { billingMode })
  const floor = capacityUnits(billingMode, newThroughput(units))
  checkWarmThroughput(request.WarmThroughput, undefined, floor, newWarmFloorReason(billingMode))
}

function checkIndexCapacities(request: TableCreation): void {
  const billingMode = billingModeOf(request) ?? 'PROVISIONED'
  for (const index of request.GlobalSecondaryIndexes ?? []) {
    const { IndexName: indexName, ProvisionedThroughput: units } = index
    const onDemand = billingMode === 'PAY_PER_REQUEST'
    if (onDemand && units !== undefined) throw indexThroughputOnDemand(indexName)
    if (!onDemand && units === undefined) throw indexThroughputMissing(indexName)
    checkNewOnDemandThroughput(index.OnDemandThroughput, { indexName, billingMode })
    const floor = capacityUnits(billingMode, newThroughput(units))
    checkWarmThroughput(index.WarmThroughput, indexName, floor, newWarmFloorReason(billingMode))
  }
}

/** The policy that a table is created with. */
async function newPolicySettings(
  { ResourcePolicy: text }: TableCreation,
  nowMs: number,
): Promise<PolicySettings | undefined> {
  if (text === undefined) return undefined
  const { firstSettings, policyFor } = await import('../resourcePolicies/newPolicy.ts')
  return firstSettings(policyFor('table', text), nowMs)
}

function checkQuotas(request: TableCreation, region: string): void {
  checkCapacityQuota(request.ProvisionedThroughput, region)
  checkOnDemandQuota(request.OnDemandThroughput, region)
  for (const index of request.GlobalSecondaryIndexes ?? []) {
    checkCapacityQuota(index.ProvisionedThroughput, region)
    checkOnDemandQuota(index.OnDemandThroughput, region, index.IndexName)
  }
}

export const createTableOperation: Operation<CreateTableRequest> = {
  name: 'CreateTable',
  access: 'control',
  resources: namedTable,
  permissions: tagPermissions,
  handler: unmetered(createTable),
}
