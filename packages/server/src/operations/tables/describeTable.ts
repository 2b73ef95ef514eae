import { describeTableRecord } from '../../schema/tableDescription.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface DescribeTableRequest {
  readonly TableName: string
}

/** DescribeTable: the table as it is now, with exact item count and size. */
export async function describeTable(
  { catalog, clock }: Pick<Services, 'catalog' | 'clock'>,
  request: DescribeTableRequest,
): Promise<object> {
  const table = catalog.tableForControl(request.TableName)
  return { Table: describeTableRecord(table, table.record, clock.nowMs()) }
}

export const describeTableOperation: Operation<DescribeTableRequest> = {
  name: 'DescribeTable',
  access: 'describe',
  resources: namedTable,
  handler: unmetered(describeTable),
}
