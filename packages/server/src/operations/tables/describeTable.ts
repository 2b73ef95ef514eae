import { describeTableRecord } from '../../schema/tableDescription.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface DescribeTableRequest {
  readonly TableName: string
}

/**
 * DescribeTable: the table as it is now, with exact item count and size; where throughput is
 * enforced, with the warm throughput that its traffic has brought it to.
 */
export async function describeTable(
  { catalog, clock, throttle }: Pick<Services, 'catalog' | 'clock' | 'throttle'>,
  request: DescribeTableRequest,
): Promise<object> {
  const table = catalog.tableForControl(request.TableName)
  const record = throttle?.warmedRecord(table) ?? table.record
  return { Table: describeTableRecord(table, record, clock.nowMs()) }
}

export const describeTableOperation: Operation<DescribeTableRequest> = {
  name: 'DescribeTable',
  access: 'describe',
  resources: namedTable,
  handler: unmetered(describeTable),
}
