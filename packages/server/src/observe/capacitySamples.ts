import { capacitySampleMinutes, maxAccountCapacityUnits, maxTableCapacityUnits } from '../limits.ts'
import type { Table } from '../schema/table.ts'
import type { OnDemandThroughput, TableRecord, Throughput } from '../schema/tableRecord.ts'
import {
  accountMaxReads,
  accountMaxTableLevelReads,
  accountMaxTableLevelWrites,
  accountMaxWrites,
  accountReadUtilization,
  accountWriteUtilization,
  maxTableReadUtilization,
  maxTableWriteUtilization,
  onDemandMaxRead,
  onDemandMaxWrite,
  provisionedRead,
  provisionedWrite,
  type MetricDefinition,
} from './metricDefinitions.ts'
import type { Series } from './series.ts'
import type { SeriesStore } from './seriesStore.ts'
import { TableSeries } from './tableSeries.ts'

/**
 * What is provisioned, as points of metrics: one in five minutes for each table (guide), at their
 * beginning or when somebody asks for metrics in them for the first time.
 */
export class CapacitySamples {
  readonly #store: SeriesStore
  /** In which five minutes a table was looked at last. */
  #sampled = new WeakMap<Table, number>()
  #accountSampled = -1

  constructor(store: SeriesStore) {
    this.#store = store
  }

  /** Takes the samples that are due. */
  take(tables: Iterable<Table>): void {
    const minute = this.#store.minute()
    const slot = Math.floor(minute / capacitySampleMinutes)
    const provisioned: Throughput[] = []
    for (const table of tables) {
      const { record } = table
      if (record.billingMode === 'PROVISIONED') provisioned.push(...throughputsOf(record))
      if (this.#sampled.get(table) === slot) continue
      this.#sampled.set(table, slot)
      sampleTable(new TableSeries(this.#store, table.name), record, minute)
    }
    if (this.#accountSampled === slot) return
    this.#accountSampled = slot
    for (const [metric, value] of accountValues(provisioned)) {
      this.#store.series(metric, [])?.add(minute, value)
    }
  }
}

function throughputsOf({ throughput, globalSecondaryIndexes }: TableRecord): Throughput[] {
  return [throughput, ...globalSecondaryIndexes.map((index) => index.throughput)]
}

function sampleTable(series: TableSeries, record: TableRecord, minute: number): void {
  const isProvisioned = record.billingMode === 'PROVISIONED'
  sample((metric) => series.of(metric), record, { isProvisioned, minute })
  for (const index of record.globalSecondaryIndexes) {
    const { indexName } = index
    sample((metric) => series.ofIndex(indexName, metric), index, { isProvisioned, minute })
  }
}

/** Of a table or of one of its global indexes. */
function sample(
  seriesOf: (metric: MetricDefinition) => Series | undefined,
  capacity: { readonly throughput: Throughput; readonly onDemandThroughput?: OnDemandThroughput },
  { isProvisioned, minute }: { readonly isProvisioned: boolean; readonly minute: number },
): void {
  const add = (metric: MetricDefinition, value: number | undefined): void => {
    if (value !== undefined && value > 0) seriesOf(metric)?.add(minute, value)
  }
  if (isProvisioned) {
    add(provisionedRead, capacity.throughput.readCapacityUnits)
    add(provisionedWrite, capacity.throughput.writeCapacityUnits)
  } else {
    add(onDemandMaxRead, capacity.onDemandThroughput?.MaxReadRequestUnits)
    add(onDemandMaxWrite, capacity.onDemandThroughput?.MaxWriteRequestUnits)
  }
}

/** The quotas of the account, and how much of them its tables and indexes are provisioned with. */
function accountValues(provisioned: readonly Throughput[]): [MetricDefinition, number][] {
  const reads = provisioned.map(({ readCapacityUnits }) => readCapacityUnits)
  const writes = provisioned.map(({ writeCapacityUnits }) => writeCapacityUnits)
  const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)
  const percent = (part: number, whole: number): number => (part * 100) / whole
  const most = maxTableCapacityUnits
  return [
    [accountMaxReads, maxAccountCapacityUnits],
    [accountMaxWrites, maxAccountCapacityUnits],
    [accountMaxTableLevelReads, most],
    [accountMaxTableLevelWrites, most],
    [accountReadUtilization, percent(sum(reads), maxAccountCapacityUnits)],
    [accountWriteUtilization, percent(sum(writes), maxAccountCapacityUnits)],
    [maxTableReadUtilization, percent(Math.max(0, ...reads), most)],
    [maxTableWriteUtilization, percent(Math.max(0, ...writes), most)],
  ]
}
