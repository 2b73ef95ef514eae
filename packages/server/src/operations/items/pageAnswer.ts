import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfPage } from '../../capacity/readCapacity.ts'
import type { TableUsage } from '../../capacity/usage.ts'
import { readPage, type PagePlan } from '../../reads/readPage.ts'
import { hashOfRange } from '../../reads/rangeHash.ts'
import type { Answer } from '../operation.ts'
import { readerOf } from '../readConsistency.ts'
import type { Services } from '../services.ts'

/** The members of Query and Scan that say what the answer tells of capacity. */
export interface CapacityParameters {
  /** Name or ARN, as it comes back. */
  readonly TableName: string
  readonly ConsistentRead?: boolean
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

type PageServices = Pick<Services, 'reader' | 'clock' | 'throttle' | 'eventual'>

/**
 * The answer of Query and Scan: one page of `plan`, read in one committed state: the last one, or
 * an earlier one where eventually consistent reads are not up to date.
 */
export async function answerPage(
  services: PageServices,
  plan: PagePlan,
  request: CapacityParameters,
): Promise<Answer> {
  const { throttle } = services
  if (throttle === undefined) return readAnswer(services, plan, request)
  const { ConsistentRead: consistentRead } = request
  const place = { ...plan.target, hash: hashOfRange(plan.range), consistentRead }
  return throttle.read(place, () => readAnswer(services, plan, request))
}

async function readAnswer(
  services: PageServices,
  plan: PagePlan,
  request: CapacityParameters,
): Promise<Answer> {
  const { target, selection } = plan
  const reader = readerOf(services, request.ConsistentRead)
  const page = await readPage(reader, services.clock, plan)
  const usage: TableUsage = {
    name: request.TableName,
    table: target.table,
    kind: 'read',
    units: readUnitsOfPage(target.index, page, request.ConsistentRead),
  }
  return {
    response: {
      Items: selection.countOnly ? undefined : page.items,
      Count: page.count,
      ScannedCount: page.scannedCount,
      LastEvaluatedKey: page.lastEvaluatedKey,
      ConsumedCapacity: consumedCapacity(request.ReturnConsumedCapacity, usage),
    },
    usage: [usage],
  }
}
