import { formatBytes, formatCount, formatMs } from './formats.ts'
import { LatencyHistogram } from './latencyHistogram.ts'
import { requestKinds } from './requestKind.ts'
import { requestsOf, sumOfLatencies, type Gauges, type Sample } from './sample.ts'
import type { SoakCompanion } from './soakCompanion.ts'

/** How it stands after so many minutes: rates and latencies of the last one, and all kills. */
export function progressLine(minute: number, companion: SoakCompanion): string {
  const { samples, restarts, standing, defectCount } = companion
  const latest = lastMinute(samples)
  const seconds = latest.reduce((sum, each) => sum + each.seconds, 0)
  const requests = latest.reduce((sum, each) => sum + requestsOf(each), 0)
  const latencies = sumOfLatencies(latest.map((each) => each.latencies))
  const p99 = requestKinds.map((kind) => `${kind} ${p99Of(latencies[kind])}`).join(', ')
  const gauge = (name: keyof Gauges): number | undefined =>
    latest.findLast(({ gauges }) => gauges[name] !== undefined)?.gauges[name]
  return (
    `${minute} min: ${formatCount(requests / Math.max(1, seconds))} requests/s; p99 ${p99}; ` +
    `server ${formatBytes(gauge('serverResidentBytes'))}, store ${formatBytes(gauge('storeBytes'))}; ` +
    `${formatCount(restarts.count)} kills, ${standing?.figures.verifications ?? 0} verifications, ` +
    `${defectCount} defects`
  )
}

const p99Of = (histogram: LatencyHistogram): string => formatMs(histogram.percentile(0.99))

function lastMinute(samples: readonly Sample[]): readonly Sample[] {
  const end = (samples.at(-1)?.startSeconds ?? 0) - 59
  return samples.filter(({ startSeconds }) => startSeconds >= end)
}
