/** One metric of the namespace AWS/DynamoDB (guide: metrics and dimensions). */
export interface MetricDefinition {
  readonly name: string
  readonly unit: 'Count' | 'Milliseconds' | 'Bytes' | 'Percent'
  /** Whether its values are kept so that percentiles can be told. */
  readonly hasPercentiles?: true
}

export const metricNamespace = 'AWS/DynamoDB'

const count = (name: string): MetricDefinition => ({ name, unit: 'Count' })

export const consumedRead: MetricDefinition = count('ConsumedReadCapacityUnits')
export const consumedWrite: MetricDefinition = count('ConsumedWriteCapacityUnits')
export const provisionedRead: MetricDefinition = count('ProvisionedReadCapacityUnits')
export const provisionedWrite: MetricDefinition = count('ProvisionedWriteCapacityUnits')
export const onDemandMaxRead: MetricDefinition = count('OnDemandMaxReadRequestUnits')
export const onDemandMaxWrite: MetricDefinition = count('OnDemandMaxWriteRequestUnits')
export const successfulRequestLatency: MetricDefinition = {
  name: 'SuccessfulRequestLatency',
  unit: 'Milliseconds',
  hasPercentiles: true,
}
export const returnedItemCount: MetricDefinition = count('ReturnedItemCount')
export const returnedRecordsCount: MetricDefinition = count('ReturnedRecordsCount')
const bytes = (name: string): MetricDefinition => ({ name, unit: 'Bytes' })

export const returnedBytes: MetricDefinition = bytes('ReturnedBytes')
export const vectorSearchRequestBytes: MetricDefinition = bytes('VectorSearchRequestBytes')
export const vectorWriteRequestBytes: MetricDefinition = bytes('VectorWriteRequestBytes')
export const conditionalCheckFailedRequests: MetricDefinition = count(
  'ConditionalCheckFailedRequests',
)
export const transactionConflict: MetricDefinition = count('TransactionConflict')
export const userErrors: MetricDefinition = count('UserErrors')
export const systemErrors: MetricDefinition = count('SystemErrors')
export const throttledRequests: MetricDefinition = count('ThrottledRequests')
export const timeToLiveDeletedItemCount: MetricDefinition = count('TimeToLiveDeletedItemCount')
export const accountMaxReads: MetricDefinition = count('AccountMaxReads')
export const accountMaxWrites: MetricDefinition = count('AccountMaxWrites')
export const accountMaxTableLevelReads: MetricDefinition = count('AccountMaxTableLevelReads')
export const accountMaxTableLevelWrites: MetricDefinition = count('AccountMaxTableLevelWrites')

const percent = (name: string): MetricDefinition => ({ name, unit: 'Percent' })

export const accountReadUtilization: MetricDefinition = percent(
  'AccountProvisionedReadCapacityUtilization',
)
export const accountWriteUtilization: MetricDefinition = percent(
  'AccountProvisionedWriteCapacityUtilization',
)
export const maxTableReadUtilization: MetricDefinition = percent(
  'MaxProvisionedTableReadCapacityUtilization',
)
export const maxTableWriteUtilization: MetricDefinition = percent(
  'MaxProvisionedTableWriteCapacityUtilization',
)

const throttleEvents = new Map<string, MetricDefinition>()

/**
 * The metric of throttled events: of all of `access` together, or those of one limit, such as
 * `ProvisionedThroughput`.
 */
export function throttleEventsOf(access: 'Read' | 'Write', limit = ''): MetricDefinition {
  const name = `${access}${limit}ThrottleEvents`
  let metric = throttleEvents.get(name)
  if (metric === undefined) throttleEvents.set(name, (metric = count(name)))
  return metric
}
