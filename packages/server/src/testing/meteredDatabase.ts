import { getMetricData } from '../observe/cloudWatch/getMetricData.ts'
import { Metrics } from '../observe/metrics.ts'
import {
  openIndexedDatabase,
  type IndexedDatabase,
  type IndexedDatabaseOptions,
} from './indexedDatabase.ts'
import { ManualClock } from './manualClock.ts'

/** A database with metrics, in a time that stands still. */
export interface MeteredDatabase extends IndexedDatabase {
  readonly clock: ManualClock
  readonly metrics: Metrics
  /** Faults of the metrics themselves. */
  readonly faults: readonly unknown[]
  /**
   * A statistic of the last five hours of a metric with dimensions `Name=Value`; undefined without
   * a value.
   */
  figure(metricName: string, dimensions: readonly string[], statistic?: string): number | undefined
}

export async function openMeteredDatabase(
  options: Omit<IndexedDatabaseOptions, 'clock' | 'metrics'> = {},
): Promise<MeteredDatabase> {
  const clock = new ManualClock()
  const faults: unknown[] = []
  const metrics = new Metrics({ clock, onFault: (error) => void faults.push(error) })
  const database = await openIndexedDatabase({ ...options, clock, metrics })
  function figure(MetricName: string, named: readonly string[], Stat = 'Sum'): number | undefined {
    const Dimensions = named.map((each) => {
      const [Name = '', Value = ''] = each.split('=')
      return { Name, Value }
    })
    const now = clock.nowMs() / 1000
    const Metric = { Namespace: 'AWS/DynamoDB', MetricName, Dimensions }
    const answer = getMetricData(metrics, {
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period: 5 * 3600, Stat } }],
      StartTime: now - 4 * 3600,
      EndTime: now + 60,
    }) as { readonly MetricDataResults: readonly { readonly Values: readonly number[] }[] }
    return answer.MetricDataResults[0]?.Values[0]
  }
  return { ...database, clock, metrics, faults, figure }
}
