import type { WriteAction, WriteResult } from '../../transactions/writePlan.ts'
import type { ConditionParameters } from './conditionParameter.ts'
import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { itemCollectionMetrics, type ReturnItemCollectionMetrics } from './itemCollectionMetrics.ts'
import type { Answer } from '../operation.ts'
import type { Services } from '../services.ts'
import { writeItem } from '../throughput/singleItems.ts'
import type { TableUsage } from '../../capacity/usage.ts'
import { consumedByWrite } from '../../capacity/writeCapacity.ts'

/** The members that PutItem, UpdateItem and DeleteItem have in common. */
export interface WriteParameters extends ConditionParameters {
  readonly TableName: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** A write that was done, and the answer to it but for the attributes. */
export interface SingleWrite extends Answer {
  readonly result: WriteResult
}

/** Does one write of one item. Rejects as {@link writeItem} does. */
export async function writeSingleItem(
  services: Services,
  request: WriteParameters,
  write: Omit<WriteAction, 'returnOldOnFailure'>,
): Promise<SingleWrite> {
  const returnOldOnFailure = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const result = await writeItem(services, { ...write, returnOldOnFailure })
  const usage: TableUsage = {
    name: request.TableName,
    table: write.table,
    kind: 'write',
    units: consumedByWrite(write, result),
  }
  const { ReturnConsumedCapacity: mode, ReturnItemCollectionMetrics: metricsMode } = request
  const response = {
    ConsumedCapacity: consumedCapacity(mode, usage),
    ItemCollectionMetrics: itemCollectionMetrics(metricsMode, write, result.collectionBytes),
  }
  return { result, response, usage: [usage] }
}
