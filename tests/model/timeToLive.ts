import { tableOf, type Database } from './database.ts'
import { invalid } from './refusal.ts'

/** UpdateTimeToLive of a table. No script lasts so long that it may be changed twice. */
export interface UpdateTimeToLive {
  readonly kind: 'UpdateTimeToLive'
  readonly table: string
  readonly attribute: string
  readonly enabled: boolean
}

export interface DescribeTimeToLive {
  readonly kind: 'DescribeTimeToLive'
  readonly table: string
}

export function updateTimeToLive(
  database: Database,
  { table, attribute, enabled }: UpdateTimeToLive,
): object {
  const changed = tableOf(database, table)
  const { timeToLive } = changed
  if (timeToLive !== undefined && timeToLive !== attribute) {
    throw invalid(
      `TimeToLive is active on a different AttributeName: current AttributeName is ${timeToLive}`,
    )
  }
  if (enabled && timeToLive !== undefined) throw invalid('TimeToLive is already enabled')
  if (!enabled && timeToLive === undefined) throw invalid('TimeToLive is already disabled')
  if (!enabled) {
    throw invalid('Time to live has been modified multiple times within a fixed interval')
  }
  changed.timeToLive = attribute
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } }
}

export function describeTimeToLive(database: Database, { table }: DescribeTimeToLive): object {
  const { timeToLive } = tableOf(database, table)
  return {
    TimeToLiveDescription:
      timeToLive === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive },
  }
}
