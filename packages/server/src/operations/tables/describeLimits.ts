import { maxAccountCapacityUnits, maxTableCapacityUnits } from './accountQuotas.ts'

/** DescribeLimits: the quotas of a new AWS account. */
export async function describeLimits(): Promise<object> {
  return {
    AccountMaxReadCapacityUnits: maxAccountCapacityUnits,
    AccountMaxWriteCapacityUnits: maxAccountCapacityUnits,
    TableMaxReadCapacityUnits: maxTableCapacityUnits,
    TableMaxWriteCapacityUnits: maxTableCapacityUnits,
  }
}
