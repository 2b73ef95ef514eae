import { backedUpTableNotFound } from '../../errors/tableErrors.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface DescribeContinuousBackupsRequest {
  readonly TableName: string
}

/**
 * DescribeContinuousBackups: as of a table whose recovery to a point in time was never enabled.
 * ContinuousBackupsStatus is ENABLED for every table, whatever its recovery is (behaviour digest
 * 5).
 */
export async function describeContinuousBackups(
  { catalog }: Pick<Services, 'catalog'>,
  { TableName: nameOrArn }: DescribeContinuousBackupsRequest,
): Promise<object> {
  const table = catalog.find(nameOrArn)
  if (table === undefined || table.record.status === 'CREATING') {
    throw backedUpTableNotFound(catalog.names.tableName(nameOrArn))
  }
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  }
}

export const describeContinuousBackupsOperation: Operation<DescribeContinuousBackupsRequest> = {
  name: 'DescribeContinuousBackups',
  access: 'describe',
  resources: namedTable,
  handler: unmetered(describeContinuousBackups),
}
