import { LatencyHistogram } from './latencyHistogram.ts'
import { requestKinds, type RequestKind } from './requestKind.ts'

export const gaugeNames = [
  'serverResidentBytes',
  'serverAnonymousBytes',
  'serverOpenFiles',
  'storeBytes',
  'journalBytes',
  'clientsResidentBytes',
] as const

/** What is read off at one moment; a value that is not known is absent. */
export type Gauges = Partial<Record<(typeof gaugeNames)[number], number>>

export type Latencies = Readonly<Record<RequestKind, LatencyHistogram>>

/** What happened in a stretch of time. */
export interface Sample {
  /** Since the begin of the run. */
  readonly startSeconds: number
  readonly seconds: number
  /** Of the requests that were answered. */
  readonly latencies: Latencies
  readonly kills: number
  /** The longest time from a kill to the next server's readiness; absent without kills. */
  readonly readyMs?: number
  /** The greatest values of the stretch. */
  readonly gauges: Gauges
}

export const emptyLatencies = (): Latencies => latenciesBy(() => new LatencyHistogram())

export const sumOfLatencies = (all: readonly Latencies[]): Latencies =>
  latenciesBy((kind) => LatencyHistogram.sum(all.map((each) => each[kind])))

const latenciesBy = (histogramOf: (kind: RequestKind) => LatencyHistogram): Latencies => ({
  'single write': histogramOf('single write'),
  transaction: histogramOf('transaction'),
  read: histogramOf('read'),
})

export function requestsOf({ latencies }: Sample): number {
  return requestKinds.reduce((sum, kind) => sum + latencies[kind].count, 0)
}

/** REQUIRES: at least one sample, and each begins where the one before ends. */
export function mergeSamples(samples: readonly Sample[]): Sample {
  const sum = (of: (sample: Sample) => number): number =>
    samples.reduce((total, each) => total + of(each), 0)
  const readyMs = greatest(samples.map((each) => each.readyMs))
  const gauges = gaugeNames.flatMap((name) => {
    const value = greatest(samples.map((each) => each.gauges[name]))
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    startSeconds: (samples[0] as Sample).startSeconds,
    seconds: sum(({ seconds }) => seconds),
    latencies: sumOfLatencies(samples.map(({ latencies }) => latencies)),
    kills: sum(({ kills }) => kills),
    ...(readyMs !== undefined && { readyMs }),
    gauges: Object.fromEntries(gauges),
  }
}

function greatest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}
