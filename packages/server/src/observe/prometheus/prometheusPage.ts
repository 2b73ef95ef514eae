import prometheus, { type Metric } from 'prom-client'
import type { Metrics } from '../metrics.ts'
import { figuresOf, type Figure } from './prometheusFigures.ts'

const { collectDefaultMetrics, Registry } = prometheus

/** The process has one set of figures of its own, however many databases are in it. */
let ofProcess: prometheus.Registry | undefined

function processRegistry(): prometheus.Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}

/**
 * The metrics of a database and of its process in the text format of Prometheus. Lag of the event
 * loop and pauses for garbage are measured from the first call on.
 */
export async function prometheusPage(
  metrics: Metrics,
): Promise<{ readonly contentType: string; readonly text: string }> {
  metrics.refresh()
  const registry = new Registry()
  for (const figure of figuresOf(metrics.store)) registry.registerMetric(metricOf(figure))
  const texts = await Promise.all([registry.metrics(), processRegistry().metrics()])
  return { contentType: registry.contentType, text: texts.join('\n') }
}

/** A figure that has been worked out already: the registry asks for its content by `get` alone. */
function metricOf(figure: Figure): Metric {
  const content = { ...figure, get: () => Promise.resolve(figure) }
  return content as unknown as Metric
}
