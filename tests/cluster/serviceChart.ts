import type { Chart, Series } from '../soak/svgChart.ts'
import type { Outage } from './serviceWatch.ts'

const colors = ['#0969da', '#1a7f37', '#bc4c00']

export interface ServiceChartOptions {
  /** Of every second: how many writes of each server were acknowledged. */
  readonly perSecond: readonly (readonly number[])[]
  readonly outages: readonly Outage[]
  readonly seed: number
}

/** Which servers made writes in each second, and how long there was no service after each harm. */
export function serviceChart({ perSecond, outages, seed }: ServiceChartOptions): Chart {
  const seconds = perSecond.length
  const deaths = outages.filter(({ what }) => what.startsWith('the leader'))
  const longest = Math.max(0, ...deaths.map(({ ms }) => ms)) / 1000
  const servers = colors.map(
    (color, server): Series => ({
      name: `server ${server + 1}`,
      color,
      form: 'line',
      points: perSecond.map((counts, i) => ({ seconds: i + 0.5, value: counts[server] ?? 0 })),
    }),
  )
  const names = [...new Set(deaths.map(({ what }) => what))]
  const times = names.map(
    (name, i): Series => ({
      name,
      color: colors[i % colors.length] as string,
      form: 'dots',
      points: deaths
        .filter(({ what }) => what === name)
        .map(({ atMs, ms }) => ({ seconds: atMs / 1000, value: ms / 1000 })),
    }),
  )
  return {
    title: `Service of three servers while leaders die: ${longest.toFixed(1)} s without it at most`,
    subtitle: `${deaths.length} harms to the leader, seed ${seed}`,
    seconds,
    panels: [
      { title: 'Probes acknowledged', unit: '/s', scale: 'linear', series: servers },
      { title: 'Time without service', unit: 's', scale: 'linear', series: times },
    ],
    marks: { name: 'harm to the leader', seconds: deaths.map(({ atMs }) => atMs / 1000) },
  }
}
