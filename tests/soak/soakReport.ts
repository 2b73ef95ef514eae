import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LatencyHistogram } from './latencyHistogram.ts'
import { growsWithoutBound, growthRule, trendOf } from './memoryGrowth.ts'
import { requestKinds } from './requestKind.ts'
import { sumOfLatencies, type Latencies, type Sample } from './sample.ts'
import { soakChart } from './soakChart.ts'
import { soakPage } from './soakPage.ts'
import { verdictOf, type SoakState } from './soakState.ts'
import { renderChart } from './svgChart.ts'

/** Writes report.svg, report.json and report.md; a reader never sees half of one. */
export function writeReport(state: SoakState): void {
  const { options, companion } = state
  const { seed, clients } = options
  const { samples } = companion
  const write = (name: string, content: string): void => {
    const path = join(options.output, name)
    writeFileSync(`${path}.new`, content)
    renameSync(`${path}.new`, path)
  }
  const verdict = verdictOf(state)
  write('report.svg', renderChart(soakChart({ samples, seed, clients, verdict })))
  write('report.json', `${JSON.stringify(reportData(state), undefined, 1)}\n`)
  write('report.md', soakPage(state))
}

/** All that was measured, for programs. */
function reportData(state: SoakState): object {
  const { options, machine, companion, figures, problems, isOver, seconds } = state
  const { minutes, seed, clients } = options
  const { samples, restarts, stops, standing, checksBetweenLives, longestLife } = companion
  const trend = trendOf(longestLife)
  return {
    verdict: verdictOf(state),
    isOver,
    problems,
    options: { minutes, seed, clients },
    machine,
    seconds,
    isolation: figures && {
      epochs: figures.epochs,
      operations: figures.operations,
      requests: figures.requests,
      outcomes: figures.outcomes,
      errors: Object.fromEntries(figures.errors),
      checkMs: figures.checkMs,
    },
    standing: standing?.figures,
    stopsInGoodOrder: stops,
    checksBetweenKillAndStart: checksBetweenLives,
    killToReady: latencyData(restarts),
    latency: latenciesData(sumOfLatencies(samples.map(({ latencies }) => latencies))),
    memory: {
      rule: growthRule,
      longestLifeValues: longestLife.length,
      ...(trend !== undefined && { ...trend, growsWithoutBound: growsWithoutBound(trend) }),
    },
    samples: samples.map(sampleData),
  }
}

function sampleData({ startSeconds, seconds, latencies, kills, readyMs, gauges }: Sample): object {
  return {
    startSeconds: rounded(startSeconds),
    seconds: rounded(seconds),
    latency: latenciesData(latencies),
    kills,
    ...(readyMs !== undefined && { readyMs: rounded(readyMs) }),
    ...gauges,
  }
}

const latenciesData = (latencies: Latencies): object =>
  Object.fromEntries(requestKinds.map((kind) => [kind, latencyData(latencies[kind])]))

function latencyData(histogram: LatencyHistogram): object {
  const { count, greatestMs } = histogram
  if (greatestMs === undefined) return { count }
  const [p50Ms, p99Ms] = [0.5, 0.99].map((share) => rounded(histogram.percentile(share) as number))
  return { count, p50Ms, p99Ms, greatestMs: rounded(greatestMs) }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000
