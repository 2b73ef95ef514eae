import { describeTableRecord } from '../../schema/tableDescription.ts'
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
