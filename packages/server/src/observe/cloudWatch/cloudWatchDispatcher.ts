import type { Clock } from '../../clock.ts'
import { operationUnavailable, unknownOperation } from '../../errors/protocolErrors.ts'
import { cloudwatchCodec } from '../../wire/cloudwatchCodec.ts'
import type { Access, Dispatcher, RequestContext, ServedOperation } from '../../wire/dispatcher.ts'
import type { Metrics } from '../metrics.ts'
import type { CloudWatchOperation } from './cloudWatchService.ts'

const operationNames: readonly CloudWatchOperation[] = [
  'GetMetricData',
  'GetMetricStatistics',
  'ListMetrics',
]

/**
 * The operations of CloudWatch that read the metrics of this database. What performs them is loaded
 * by the first request, and so is the service's model: most servers are never asked.
 */
export function createCloudWatchDispatcher(
  metrics: () => Promise<Metrics>,
  clock: Clock,
): Dispatcher & { readonly prefix: string } {
  const prefix = `${cloudwatchCodec.targetPrefix}.`
  const operations = new Map<string, ServedOperation>(
    operationNames.map((name) => [`${prefix}${name}`, new LoadedOperation(name, metrics, clock)]),
  )
  return {
    prefix,
    find: (target) => operations.get(target),
    refusalOf(target) {
      const name = target.slice(prefix.length)
      const isModelled = target.startsWith(prefix) && cloudwatchCodec.operationNames().has(name)
      return isModelled ? operationUnavailable(name) : unknownOperation()
    },
    nameOf: (target) => (target.startsWith(prefix) ? target.slice(prefix.length) : target),
  }
}

class LoadedOperation implements ServedOperation {
  readonly name: CloudWatchOperation
  readonly access: Access = 'describe'
  readonly signingName = 'monitoring'
  readonly #metrics: () => Promise<Metrics>
  readonly #clock: Clock

  constructor(name: CloudWatchOperation, metrics: () => Promise<Metrics>, clock: Clock) {
    this.name = name
    this.#metrics = metrics
    this.#clock = clock
  }

  async perform(bodyText: string, context: RequestContext): Promise<Uint8Array> {
    if (context.principal !== undefined) {
      const { refuseCloudWatch } = await import('../../operations/access/refuseUnpermitted.ts')
      refuseCloudWatch(this.name, context, this.#clock)
    }
    const { performCloudWatch } = await import('./cloudWatchService.ts')
    return performCloudWatch(await this.#metrics(), this.name, bodyText)
  }
}
