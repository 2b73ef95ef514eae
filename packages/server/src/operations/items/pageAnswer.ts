import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfPage } from '../../capacity/readCapacity.ts'
import type { TableUsage } from '../../capacity/usage.ts'
import { readPage, type PagePlan } from '../../reads/readPage.ts'
import type { Answer } from '../operation.ts'
import type { Services } from '../services.ts'

/** The members of Query and Scan that say what the answer tells of capacity. */
export interface CapacityParameters {
  /** Name or ARN, as it comes back. */
  readonly TableName: string
  readonly ConsistentRead?: boolean
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** The answer of Query and Scan: one page of `plan`, read in one committed state. */
export async function answerPage(
  { reader, clock }: Pick<Services, 'reader' | 'clock'>,
  plan: PagePlan,
  request: CapacityParameters,
): Promise<Answer> {
  const { target, selection } = plan
  const page = await readPage(reader, clock, plan)
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
