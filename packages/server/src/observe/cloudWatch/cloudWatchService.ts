import { ApiError } from '../../errors/apiError.ts'
import { cloudwatchMalformed, cloudwatchValidation } from '../../errors/metricErrors.ts'
import { invariant } from '../../invariant.ts'
import { cloudwatchCodec } from '../../wire/cloudwatchCodec.ts'
import { jsonOfShape } from '../../wire/shapedJson.ts'
import type { Metrics } from '../metrics.ts'
import { getMetricData } from './getMetricData.ts'
import { getMetricStatistics } from './getMetricStatistics.ts'
import { listMetrics } from './listMetrics.ts'

/** The operations of CloudWatch that there are. */
export type CloudWatchOperation = 'GetMetricData' | 'GetMetricStatistics' | 'ListMetrics'

type Handler = (metrics: Metrics, request: never) => object

const handlers: Readonly<Record<CloudWatchOperation, Handler>> = {
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
}

/** The body of the answer of one operation of CloudWatch. Throws ApiError. */
export function performCloudWatch(
  metrics: Metrics,
  name: CloudWatchOperation,
  bodyText: string,
): Uint8Array {
  const handler = handlers[name]
  try {
    const request = cloudwatchCodec.decode(name, bodyText)
    cloudwatchCodec.check(name, request, bodyText.length)
    return encode(name, handler(metrics, request as never))
  } catch (error) {
    throw asCloudWatchTells(error)
  }
}

function encode(name: CloudWatchOperation, response: object): Uint8Array {
  const { model } = cloudwatchCodec
  const shape = model.outputShapeName(name)
  invariant(shape !== undefined, `${name} has an output`)
  return Buffer.from(jsonOfShape(model, shape, response), 'utf8')
}

/** The faults that the codec finds are told by each service in errors of its own. */
function asCloudWatchTells(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.kind.queryCode !== undefined) return error
  if (error.kind.name === 'ValidationException') return cloudwatchValidation(error.message)
  return cloudwatchMalformed(error.hasMessage ? error.message : undefined)
}
