import { successfulRequestLatency, type MetricDefinition } from './metricDefinitions.ts'
import type { Dimension, Series } from './series.ts'
import type { SeriesStore } from './seriesStore.ts'

/** The series of one operation on one table that nearly every request adds to. */
export interface OperationSeries {
  readonly dimensions: readonly Dimension[]
  readonly latency: Series | undefined
}

/**
 * What is known of one table, so that the metrics of a request are found without putting names
 * together. Each series is made when it gets its first value.
 */
export class TableSeries {
  readonly #store: SeriesStore
  readonly dimensions: readonly Dimension[]
  readonly #found = new Map<MetricDefinition, Series>()
  readonly #operations = new Map<string, OperationSeries>()
  readonly #indexes = new Map<string, Map<MetricDefinition, Series>>()

  constructor(store: SeriesStore, tableName: string) {
    this.#store = store
    this.dimensions = [{ Name: 'TableName', Value: tableName }]
  }

  /** The table's own series of a metric; undefined where there is no room for it. */
  of(metric: MetricDefinition): Series | undefined {
    return this.#remember(this.#found, metric, this.dimensions)
  }

  /** The same of one of its global indexes. */
  ofIndex(indexName: string, metric: MetricDefinition): Series | undefined {
    return this.#ofIndex('GlobalSecondaryIndexName', indexName, metric)
  }

  /** The same of one of its vector indexes. */
  ofVectorIndex(indexName: string, metric: MetricDefinition): Series | undefined {
    return this.#ofIndex('VectorIndexName', indexName, metric)
  }

  /** No two indexes of a table have one name, of whatever kind they are. */
  #ofIndex(Name: string, indexName: string, metric: MetricDefinition): Series | undefined {
    const dimensions = [...this.dimensions, { Name, Value: indexName }]
    let found = this.#indexes.get(indexName)
    if (found === undefined) this.#indexes.set(indexName, (found = new Map()))
    return this.#remember(found, metric, dimensions)
  }

  operation(name: string): OperationSeries {
    const known = this.#operations.get(name)
    if (known !== undefined) return known
    const dimensions = [...this.dimensions, { Name: 'Operation', Value: name }]
    const latency = this.#store.series(successfulRequestLatency, dimensions)
    const made = { dimensions, latency }
    if (latency !== undefined) this.#operations.set(name, made)
    return made
  }

  #remember(
    found: Map<MetricDefinition, Series>,
    metric: MetricDefinition,
    dimensions: readonly Dimension[],
  ): Series | undefined {
    const known = found.get(metric)
    if (known !== undefined) return known
    const series = this.#store.series(metric, dimensions)
    if (series !== undefined) found.set(metric, series)
    return series
  }
}
