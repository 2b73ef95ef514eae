import { timeToLiveNotDescribed } from '../../errors/timeToLiveErrors.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface DescribeTimeToLiveRequest {
  readonly TableName: string
}

/**
 * DescribeTimeToLive: enabled or disabled; nothing takes time. A table that never had time to live
 * and one where it was disabled answer the same.
 */
export async function describeTimeToLive(
  { catalog }: Pick<Services, 'catalog'>,
  request: DescribeTimeToLiveRequest,
): Promise<object> {
  const { status, timeToLive } = catalog.tableForControl(request.TableName).record
  if (status === 'CREATING' || status === 'DELETING') throw timeToLiveNotDescribed(status)
  const attributeName = timeToLive?.order?.attributeName
  const description =
    attributeName === undefined
      ? { TimeToLiveStatus: 'DISABLED' }
      : { TimeToLiveStatus: 'ENABLED', AttributeName: attributeName }
  return { TimeToLiveDescription: description }
}

export const describeTimeToLiveOperation: Operation<DescribeTimeToLiveRequest> = {
  name: 'DescribeTimeToLive',
  access: 'describe',
  resources: namedTable,
  handler: unmetered(describeTimeToLive),
}
