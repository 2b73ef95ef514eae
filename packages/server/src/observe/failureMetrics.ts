import type { ApiError } from '../errors/apiError.ts'
import { Throttled, type Refusal } from '../errors/throttlingErrors.ts'
import type { CancellationReason } from '../errors/transactionErrors.ts'
import {
  conditionalCheckFailedRequests,
  systemErrors,
  throttledRequests,
  throttleEventsOf,
  transactionConflict,
  userErrors,
  type MetricDefinition,
} from './metricDefinitions.ts'
import type { SeriesStore } from './seriesStore.ts'
import type { TableSeries } from './tableSeries.ts'

/** A request that failed, and what its metrics are found by. */
export interface FailureOf {
  /** Undefined for a fault of our own. */
  readonly error: ApiError | undefined
  readonly operation: string
  /** Whether the operation has metrics of its own. */
  readonly isMetered: boolean
  readonly minute: number
  readonly store: SeriesStore
  /** The tables that the request names and that there are, each once. */
  readonly tables: () => readonly TableSeries[]
  /** The table of each member of the request; undefined for one that is not there. */
  readonly positions: () => readonly (TableSeries | undefined)[]
  /** The table of a name or ARN, if it is there. */
  readonly table: (nameOrArn: string) => TableSeries | undefined
}

/** Throttling, as clients know it (digest 3.1, 3.4). */
const throttles: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
])
const throttleCodes: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
])

/** What the metrics tell of a request that failed (guide: metrics and dimensions). */
export function countFailure(failure: FailureOf): void {
  const { error } = failure
  if (error === undefined || error.kind.statusCode >= 500) {
    countByOperation(failure, systemErrors)
    return
  }
  const { name } = error.kind
  if (error instanceof Throttled) countThrottleEvents(failure, error.refusals)
  if (throttles.has(name)) {
    countByOperation(failure, throttledRequests)
    return
  }
  if (name === 'ConditionalCheckFailedException') {
    countByTable(failure, conditionalCheckFailedRequests)
    return
  }
  failure.store.series(userErrors, [])?.add(failure.minute, 1)
  if (name === 'TransactionConflictException') countByTable(failure, transactionConflict)
  if (name === 'TransactionCanceledException') countReasons(failure, error)
}

function countByTable({ tables, minute }: FailureOf, metric: MetricDefinition): void {
  for (const table of tables()) table.of(metric)?.add(minute, 1)
}

function countByOperation(failure: FailureOf, metric: MetricDefinition): void {
  if (!failure.isMetered) return
  for (const table of failure.tables()) {
    const { dimensions } = table.operation(failure.operation)
    failure.store.series(metric, dimensions)?.add(failure.minute, 1)
  }
}

/**
 * The reasons of a cancelled transaction by table. A value of TransactionConflict is how many items
 * of the request were in conflict, so that SampleCount counts requests (guide); the same goes for
 * conditions.
 */
function countReasons(failure: FailureOf, { members }: ApiError): void {
  const reasons = (members?.['CancellationReasons'] ?? []) as readonly CancellationReason[]
  const positions = failure.positions()
  const sums = new Map<TableSeries, { conflicts: number; conditions: number }>()
  reasons.forEach(({ Code }, i) => {
    const table = positions[i]
    if (table === undefined) return
    const sum = sums.get(table) ?? { conflicts: 0, conditions: 0 }
    if (Code === 'TransactionConflict') sum.conflicts += 1
    if (Code === 'ConditionalCheckFailed') sum.conditions += 1
    sums.set(table, sum)
  })
  for (const [table, { conflicts, conditions }] of sums) {
    if (conflicts > 0) table.of(transactionConflict)?.add(failure.minute, conflicts)
    if (conditions > 0) table.of(conditionalCheckFailedRequests)?.add(failure.minute, conditions)
  }
  if (reasons.some(({ Code }) => throttleCodes.has(Code))) {
    countByOperation(failure, throttledRequests)
  }
}

const reasonForm = /^(Table|Index)(Read|Write)(.+)Exceeded$/

/** Who is found by names, and the minute that something happened in. */
export type ThrottledTables = Pick<FailureOf, 'table' | 'minute'>

/**
 * The events of each item that was throttled: one on its table, and one on each of its indexes, as
 * far as they refused it; and once more by each limit that it met there.
 */
export function countThrottleEvents(
  { table, minute }: ThrottledTables,
  refusals: readonly Refusal[],
): void {
  for (const { reasons } of refusals) {
    const resources = new Set<string>()
    for (const { reason, resource } of reasons) {
      const [, , access, limit] = reasonForm.exec(reason) ?? []
      if ((access !== 'Read' && access !== 'Write') || limit === undefined) continue
      const [tableArn = '', indexName] = resource.split('/index/')
      const series = table(tableArn)
      if (series === undefined) continue
      const add = (metric: MetricDefinition): void => {
        const isTables = indexName === undefined
        const found = isTables ? series.of(metric) : series.ofIndex(indexName, metric)
        found?.add(minute, 1)
      }
      if (!resources.has(resource)) add(throttleEventsOf(access))
      resources.add(resource)
      add(throttleEventsOf(access, limit))
    }
  }
}
