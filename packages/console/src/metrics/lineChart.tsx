import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { onThemeChange } from '../parts/themeChange.ts'
import type { ChartData } from './chartData.ts'

interface LineChartProps {
  readonly data: ChartData
  /** Told which time the pointer is at; undefined for none. */
  readonly onPoint: (index: number | undefined) => void
}

const height = 200
/** Lines differ by their dashes too, so that nobody needs to tell colours. */
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]]

/** Lines over time. It is a picture: what it shows stands in a table beside it. */
export function LineChart({ data, onPoint }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>()
  const names = data.lines.map(({ name }) => name).join('\n')
  useEffect(() => {
    const place = host.current
    if (place === null) return undefined
    const { clientWidth: width } = place
    plot.current = new uPlot(optionsOf(data, place, width, onPoint), alignedOf(data), place)
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: place.clientWidth, height }),
    )
    observer.observe(place)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
    }
  }, [names])
  useEffect(() => onThemeChange(() => plot.current?.redraw()), [])
  useEffect(() => plot.current?.setData(alignedOf(data)), [data])
  return <div class="chart" ref={host} aria-hidden="true" />
}

const alignedOf = ({ times, lines }: ChartData): uPlot.AlignedData => [
  [...times],
  ...lines.map(({ values }) => [...values]),
]

function optionsOf(
  { lines }: ChartData,
  place: HTMLElement,
  width: number,
  onPoint: (index: number | undefined) => void,
): uPlot.Options {
  const axis = {
    stroke: () => colourOf(place, '--faint'),
    grid: { stroke: () => colourOf(place, '--line'), width: 1 },
    ticks: { stroke: () => colourOf(place, '--line'), width: 1 },
  }
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] } },
    axes: [axis, { ...axis, size: 60 }],
    series: [
      {},
      ...lines.map(({ name }, i) => ({
        label: name,
        stroke: () => colourOf(place, `--line-${(i % lineColours) + 1}`),
        width: 2,
        dash: dashes[Math.floor(i / lineColours) % dashes.length] ?? [],
        points: { size: 5 },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
  }
}

/** How many colours there are for lines. */
export const lineColours = 6

/** A colour of the page as it is now, light or dark. */
function colourOf(place: HTMLElement, name: string): string {
  place.style.color = `var(${name})`
  return getComputedStyle(place).color
}
