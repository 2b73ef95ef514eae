import type { WriteAction, WriteResult } from '../../transactions/writePlan.ts'
import type { ConditionParameters } from './conditionParameter.ts'
import type { ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { itemCollectionMetrics, type ReturnItemCollectionMetrics } from './itemCollectionMetrics.ts'
import type { RequestContext } from '../requestContext.ts'
import type { Services } from '../services.ts'
import { consumedByWrite, writeCapacity } from '../../capacity/writeCapacity.ts'

/** The members that PutItem, UpdateItem and DeleteItem have in common. */
export interface WriteParameters extends ConditionParameters {
  readonly TableName: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

/** A write that was done, and the response to it but for its attributes. */
export interface SingleWrite {
  readonly result: WriteResult
  readonly response: object
}

/** Does one write of one item. Rejects as {@link Coordinator.write} does. */
export async function writeSingleItem(
  services: Services,
  request: WriteParameters,
  context: RequestContext,
  write: Omit<WriteAction, 'returnOldOnFailure'>,
): Promise<SingleWrite> {
  const returnOldOnFailure = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
  const result = await services.coordinator.write({ ...write, returnOldOnFailure })
  const units = consumedByWrite(write, result)
  context.consumedUnits = units.total
  const { ReturnConsumedCapacity: mode, ReturnItemCollectionMetrics: metricsMode } = request
  const response = {
    ConsumedCapacity: writeCapacity(mode, request.TableName, units),
    ItemCollectionMetrics: itemCollectionMetrics(metricsMode, write, result.collectionBytes),
  }
  return { result, response }
}
