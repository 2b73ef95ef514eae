import { systemClock } from '../clock.ts'
import { metricsRoute } from '../http/metricsRoute.ts'
import { cborRoute, queryRoute } from '../http/otherProtocols.ts'
import type { Route } from '../http/route.ts'
import { createCloudWatchDispatcher } from '../observe/cloudWatch/cloudWatchDispatcher.ts'
import type { DeferredMetrics } from '../observe/deferredMetrics.ts'
import type { Dispatcher } from '../wire/dispatcher.ts'
import type { DatabaseOptions } from './databaseOptions.ts'

/**
 * What a front shows of metrics: the operations of CloudWatch in all protocols, and a page, which
 * nobody is shown without proof where requests must be signed.
 */
export function metricsDoors(
  metrics: DeferredMetrics | undefined,
  dispatcher: Dispatcher,
  options: DatabaseOptions,
): { readonly dispatcher: Dispatcher; readonly routes: readonly Route[] } {
  const { auth, metricsToken, onInternalError } = options
  if (metrics === undefined) return { dispatcher, routes: [] }
  const dispatchers = joined(
    dispatcher,
    createCloudWatchDispatcher(() => metrics.load(), options.clock ?? systemClock),
  )
  const protocols = [cborRoute, queryRoute]
  if (auth !== undefined && metricsToken === undefined) {
    return { dispatcher: dispatchers, routes: protocols }
  }
  const page = metricsRoute({
    async page() {
      const { prometheusPage } = await import('../observe/prometheus/prometheusPage.ts')
      return prometheusPage(await metrics.load())
    },
    ...(metricsToken !== undefined && { token: metricsToken }),
    onFault: (requestId, error) => onInternalError?.(requestId, error),
  })
  return { dispatcher: dispatchers, routes: [...protocols, page] }
}

/** The operations of `main`, and those of `other` for targets that are its own. */
function joined(main: Dispatcher, other: Dispatcher & { readonly prefix: string }): Dispatcher {
  const dispatcherOf = (target: string): Dispatcher =>
    target.startsWith(other.prefix) ? other : main
  return {
    find: (target) => main.find(target) ?? other.find(target),
    refusalOf: (target) => dispatcherOf(target).refusalOf(target),
    nameOf: (target) => dispatcherOf(target).nameOf(target),
  }
}
