import { formatCount, formatDuration } from './formats.ts'
import { requestKinds, type RequestKind } from './requestKind.ts'
import type { Gauges, Sample } from './sample.ts'
import { atMost } from './sampleSeries.ts'
import type { Chart, Panel, Point, Series } from './svgChart.ts'

/** As many as can be told apart on the width of the chart. */
const mostPoints = 480
/** Percentiles of short times jump too much to be read. */
const mostLatencyPoints = 240
const mebibyte = 2 ** 20

const kindColors: Readonly<Record<RequestKind, string>> = {
  'single write': '#0969da',
  transaction: '#bc4c00',
  read: '#1a7f37',
}

export interface SoakChartOptions {
  readonly samples: readonly Sample[]
  readonly seed: number
  readonly clients: number
  readonly verdict: string
}

export function soakChart({ samples, seed, clients, verdict }: SoakChartOptions): Chart {
  const last = samples.at(-1)
  const seconds = last === undefined ? 0 : last.startSeconds + last.seconds
  const kills = samples.reduce((sum, each) => sum + each.kills, 0)
  return {
    title: `Dynatom under load for ${formatDuration(seconds)}: ${verdict}`,
    subtitle: `${clients} clients, ${formatCount(kills)} kills, seed ${seed}`,
    seconds,
    panels: panelsOf(samples),
    marks: {
      name: 'the server is killed (kill -9)',
      seconds: samples.filter((each) => each.kills > 0).map(killOf),
    },
  }
}

function panelsOf(samples: readonly Sample[]): Panel[] {
  const points = atMost(samples, mostPoints)
  const gauge = (name: keyof Gauges, unit = 1): Point[] =>
    pointsOf(points, ({ gauges }) => {
      const value = gauges[name]
      return value === undefined ? undefined : value / unit
    })
  return [
    requestPanel(points),
    latencyPanel(samples, 'Latency, median', 0.5),
    latencyPanel(samples, 'Latency, 99th percentile', 0.99),
    {
      title: 'Memory',
      unit: 'MiB',
      scale: 'linear',
      series: [
        line('server, all (VmRSS)', '#8250df', gauge('serverResidentBytes', mebibyte)),
        line('server, its own (RssAnon)', '#bf3989', gauge('serverAnonymousBytes', mebibyte)),
        {
          ...line('clients and checker', '#8c959f', gauge('clientsResidentBytes', mebibyte)),
          form: 'dashes',
        },
      ],
    },
    {
      title: 'Data on disk',
      unit: 'MiB',
      scale: 'linear',
      series: [
        line('data.mdb', '#0a3069', gauge('storeBytes', mebibyte)),
        line('journal', '#d4a72c', gauge('journalBytes', mebibyte)),
      ],
    },
    {
      title: 'Open files and sockets of the server',
      unit: '',
      scale: 'linear',
      series: [line('open', '#57606a', gauge('serverOpenFiles'))],
    },
    restartPanel(samples),
  ]
}

const line = (name: string, color: string, points: readonly Point[]): Series => ({
  name,
  color,
  form: 'line',
  points,
})

function requestPanel(samples: readonly Sample[]): Panel {
  const series = requestKinds.map(
    (kind): Series => ({
      name: `${kind}s`,
      color: kindColors[kind],
      form: 'area',
      points: pointsOf(samples, (each) => each.latencies[kind].count / each.seconds),
    }),
  )
  return { title: 'Requests answered', unit: 'per second', scale: 'linear', series }
}

function latencyPanel(samples: readonly Sample[], title: string, fraction: number): Panel {
  const merged = atMost(samples, mostLatencyPoints)
  const series = requestKinds.map((kind) =>
    line(
      `${kind}s`,
      kindColors[kind],
      pointsOf(merged, ({ latencies }) => latencies[kind].percentile(fraction)),
    ),
  )
  return { title, unit: 'ms', scale: 'log', series }
}

/** A dot for each sample in which the server was killed. */
function restartPanel(samples: readonly Sample[]): Panel {
  const points = pointsOf(samples, ({ readyMs }) => readyMs)
  const series: Series = { name: 'slowest restart', color: '#dc2626', form: 'dots', points }
  return { title: 'From kill to ready', unit: 'ms', scale: 'linear', series: [series] }
}

/** A restart is counted when it is over. */
const killOf = (sample: Sample): number =>
  Math.max(0, middleOf(sample) - (sample.readyMs ?? 0) / 1000)

const middleOf = ({ startSeconds, seconds }: Sample): number => startSeconds + seconds / 2

function pointsOf(
  samples: readonly Sample[],
  valueOf: (sample: Sample) => number | undefined,
): Point[] {
  return samples.map((sample) => ({ seconds: middleOf(sample), value: valueOf(sample) }))
}
