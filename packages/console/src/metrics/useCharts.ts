import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { databaseNowMs } from '../database/lab.ts'
import { textOf } from '../parts/notices.tsx'
import { chartsOf, wantedOf, type ChartData, type MetricName } from './chartData.ts'
import { listMetrics, readMetrics } from './readMetrics.ts'

/** What the charts show. */
export interface ChartChoice {
  /** Undefined for all tables. */
  readonly tableName: string | undefined
  readonly latencyStatistic: string
  readonly rangeSeconds: number
}

/** How often the charts are drawn anew, in milliseconds. */
const everyMs = 5000
/** More metrics than this are not read at once. */
export const mostRead = 2000

export interface Charts {
  readonly charts: readonly ChartData[]
  readonly tableNames: readonly string[]
  /** How many metrics were left out. */
  readonly leftOut: number
}

/** Whole hours in five minutes each, so that no chart has more than 300 periods. */
const periodSecondsOf = (rangeSeconds: number): number => (rangeSeconds > 4 * 3600 ? 300 : 60)

/** The charts, again every few seconds while `isLive`. */
export function useCharts(connection: Connection, choice: ChartChoice, isLive: boolean) {
  const client = useMetricsClient(connection)
  const [charts, setCharts] = useState<Charts>()
  const [failure, setFailure] = useState<string>()
  const { tableName, latencyStatistic, rangeSeconds } = choice
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    const list = rememberedList(client, signal)
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = (): void => {
      if (isLive && !signal.aborted) timer = setTimeout(draw, everyMs)
    }
    const draw = (): void => {
      if (document.visibilityState === 'hidden') return again()
      read({ connection, client, list, signal }, choice)
        .then(
          (found) => {
            if (signal.aborted) return
            setFailure(undefined)
            setCharts(found)
          },
          (error: unknown) => !signal.aborted && setFailure(textOf(error)),
        )
        .finally(again)
    }
    draw()
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [client, tableName, latencyStatistic, rangeSeconds, isLive])
  return { charts, failure }
}

interface Source {
  readonly connection: Connection
  readonly client: CloudWatchClient
  readonly list: () => Promise<readonly MetricName[]>
  readonly signal: AbortSignal
}

async function read(
  { connection, client, list, signal }: Source,
  { tableName, latencyStatistic, rangeSeconds }: ChartChoice,
): Promise<Charts> {
  const metrics = await list()
  const periodSeconds = periodSecondsOf(rangeSeconds)
  const nowSeconds = (await databaseNowMs(connection)) / 1000
  const startSeconds = Math.floor((nowSeconds - rangeSeconds) / periodSeconds + 1) * periodSeconds
  const range = { startSeconds, nowSeconds, periodSeconds }
  const wanted = wantedOf(metrics, tableName, latencyStatistic)
  const found = await readMetrics(client, wanted.slice(0, mostRead), range, signal)
  const tables = new Set(metrics.flatMap(({ dimensions }) => dimensions['TableName'] ?? []))
  return {
    charts: chartsOf(found, range),
    tableNames: [...tables].sort(),
    leftOut: Math.max(0, wanted.length - mostRead),
  }
}

/** Lists metrics again when that takes no more than a tenth of the time. */
function rememberedList(client: CloudWatchClient, signal: AbortSignal) {
  let known: readonly MetricName[] = []
  let againMs = 0
  return async (): Promise<readonly MetricName[]> => {
    const startedMs = performance.now()
    if (startedMs < againMs) return known
    known = await listMetrics(client, signal)
    const endedMs = performance.now()
    againMs = endedMs + 10 * (endedMs - startedMs)
    return known
  }
}

function useMetricsClient({ client, about }: Connection): CloudWatchClient {
  const metrics = useMemo(
    () =>
      new CloudWatchClient({
        endpoint: location.origin,
        region: about.region,
        credentials: client.config.credentials,
        maxAttempts: 2,
      }),
    [client, about],
  )
  useEffect(() => () => metrics.destroy(), [metrics])
  return metrics
}
