import { maxAccountCapacityUnits, maxTableCapacityUnits } from '../../limits.ts'
import { noResources } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'

/** DescribeLimits: the quotas of a new AWS account. */
export async function describeLimits(): Promise<object> {
  return {
    AccountMaxReadCapacityUnits: maxAccountCapacityUnits,
    AccountMaxWriteCapacityUnits: maxAccountCapacityUnits,
    TableMaxReadCapacityUnits: maxTableCapacityUnits,
    TableMaxWriteCapacityUnits: maxTableCapacityUnits,
  }
}

export const describeLimitsOperation: Operation<object> = {
  name: 'DescribeLimits',
  access: 'describe',
  resources: noResources,
  handler: unmetered(describeLimits),
}
