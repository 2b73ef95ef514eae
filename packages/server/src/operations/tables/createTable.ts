import {
  indexThroughputMissing,
  indexThroughputOnDemand,
  membersMissing,
  throughputMissing,
  throughputOnDemand,
} from '../../errors/tableErrors.ts'
import { globalTablesUnsupported } from '../../errors/tableSettingErrors.ts'
import { describeTableRecord } from '../../schema/tableDescription.ts'
import {
  checkCapacityBounds,
  checkCapacityQuota,
  checkOnDemandThroughput,
  checkWarmThroughput,
  warmFloor,
} from './capacityChecks.ts'
import { checkSseSpecification } from './encryptionSettings.ts'
import { checkIndexes } from './indexChecks.ts'
import {
  checkAttributeDefinitions,
  checkDefinitionsUsed,
  checkKeySchemaLength,
  checkTableKeySchema,
} from './keySchemaChecks.ts'
import { newTableChange } from './newTableRecord.ts'
import type { Services } from '../services.ts'
import { checkStreamSpecification } from './streamSettings.ts'
import type { CreateTableRequest, TableCreation } from './tableCreation.ts'
import { checkTags } from '../tags/tagChecks.ts'

/**
 * CreateTable. The answer says CREATING; the table is usable by then unless statuses are delayed.
 */
export async function createTable(
  services: Pick<Services, 'catalog' | 'clock' | 'random' | 'region'>,
  request: CreateTableRequest,
): Promise<object> {
  const { catalog, clock, random, region } = services
  if (request.GlobalTableSourceArn !== undefined) {
    throw globalTablesUnsupported('GlobalTableSourceArn')
  }
  checkMembersPresent(request)
  checkKeySchemaLengths(request)
  checkBilling(request)
  checkAttributeDefinitions(request.AttributeDefinitions)
  checkTableKeySchema(request.KeySchema, request.AttributeDefinitions)
  checkIndexes(request)
  checkAllDefinitionsUsed(request)
  checkIndexCapacities(request)
  checkStreamSpecification(request.StreamSpecification, 'created')
  checkSseSpecification(request.SSESpecification)
  checkTags(request.Tags ?? [])
  checkQuotas(request, region)
  const { table, change } = await catalog.create(request.TableName, (tableNumber, nextNumber) =>
    newTableChange(request, catalog.names, {
      tableId: random.uuid(),
      tableNumber,
      creationDateTimeMs: clock.nowMs(),
      nextNumber,
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
  const { BillingMode: billingMode = 'PROVISIONED', ProvisionedThroughput: units } = request
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) throw throughputOnDemand()
  if (billingMode === 'PROVISIONED' && units === undefined) throw throughputMissing()
  checkCapacityBounds(units)
  for (const index of request.GlobalSecondaryIndexes ?? []) {
    checkCapacityBounds(index.ProvisionedThroughput, index.IndexName)
  }
  checkOnDemandThroughput(request.OnDemandThroughput, { billingMode }, false)
  checkWarmThroughput(request.WarmThroughput, undefined, warmFloor(billingMode, units))
}

function checkAllDefinitionsUsed(request: TableCreation): void {
  const indexes = [
    ...(request.LocalSecondaryIndexes ?? []),
    ...(request.GlobalSecondaryIndexes ?? []),
  ]
  const keySchemas = [request.KeySchema, ...indexes.map((index) => index.KeySchema)]
  checkDefinitionsUsed(request.AttributeDefinitions, keySchemas)
}

function checkIndexCapacities(request: TableCreation): void {
  const { BillingMode: billingMode = 'PROVISIONED', GlobalSecondaryIndexes: indexes = [] } = request
  for (const index of indexes) {
    const { IndexName: indexName, ProvisionedThroughput: units } = index
    const onDemand = billingMode === 'PAY_PER_REQUEST'
    if (onDemand && units !== undefined) throw indexThroughputOnDemand(indexName)
    if (!onDemand && units === undefined) throw indexThroughputMissing([indexName])
    checkOnDemandThroughput(index.OnDemandThroughput, { indexName, billingMode }, false)
    checkWarmThroughput(index.WarmThroughput, indexName, warmFloor(billingMode, units))
  }
}

function checkQuotas(request: TableCreation, region: string): void {
  checkCapacityQuota(request.ProvisionedThroughput, region)
  for (const index of request.GlobalSecondaryIndexes ?? []) {
    checkCapacityQuota(index.ProvisionedThroughput, region)
  }
}
