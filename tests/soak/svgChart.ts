import { linearAxis, logAxis, timeAxis, type Axis } from './axis.ts'
import { formatDuration } from './formats.ts'

export interface Point {
  readonly seconds: number
  /** A line has a gap where it is absent. */
  readonly value: number | undefined
}

export interface Series {
  readonly name: string
  readonly color: string
  /** Areas are stacked on the ones before; they have values at the same times. */
  readonly form: 'line' | 'dashes' | 'area' | 'dots'
  readonly points: readonly Point[]
}

/** A diagram of its own with a name and a unit; all share the axis of time. */
export interface Panel {
  readonly title: string
  /** Empty for a mere number. */
  readonly unit: string
  readonly scale: 'linear' | 'log'
  readonly series: readonly Series[]
}

export interface Chart {
  readonly title: string
  readonly subtitle: string
  /** The length of the axis of time. */
  readonly seconds: number
  readonly panels: readonly Panel[]
  /** Moments that are marked in all panels. */
  readonly marks: { readonly name: string; readonly seconds: readonly number[] }
}

const width = 1160
const [left, right] = [76, 28]
const plotWidth = width - left - right
const headHeight = 78
const [titleHeight, plotHeight, gapHeight] = [26, 120, 22]
const panelHeight = titleHeight + plotHeight + gapHeight
const footHeight = 42
const markColor = '#dc2626'

/** A picture in one file that needs no other, for a white page. */
export function renderChart(chart: Chart): string {
  const time = timeAxis(chart.seconds)
  const bottom = headHeight + chart.panels.length * panelHeight
  const height = bottom + footHeight
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" role="img" ` +
      "font-family=\"system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif\">",
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text({ x: left, y: 32, size: 20, weight: 600 }, chart.title),
    text({ x: left, y: 54, size: 13, color: '#57606a' }, chart.subtitle),
    markLegend(chart),
    ...chart.panels.map((panel, i) =>
      renderPanel(panel, headHeight + i * panelHeight, { time, marks: chart.marks.seconds }),
    ),
    timeLabels(time, bottom - gapHeight + 18),
    text({ x: left + plotWidth / 2, y: bottom + 24, anchor: 'middle' }, 'time since the start'),
    '</svg>',
    '',
  ].join('\n')
}

function markLegend({ marks }: Chart): string {
  if (marks.seconds.length === 0) return ''
  const x = width - right
  return (
    `<path d="M${x - 3} 42V56" stroke="${markColor}" stroke-opacity="0.6"/>` +
    text({ x: x - 10, y: 54, anchor: 'end' }, marks.name)
  )
}

interface Common {
  readonly time: Axis
  readonly marks: readonly number[]
}

function renderPanel(panel: Panel, y: number, { time, marks }: Common): string {
  const top = y + titleHeight
  const stacked = stackAreas(panel.series)
  const values = stacked.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []))
  const axis = panel.scale === 'log' ? logAxis(values) : linearAxis(values)
  const place: Place = {
    x: (seconds) => rounded(left + time.place(seconds) * plotWidth),
    y: (value) => rounded(top + (1 - axis.place(value)) * plotHeight),
    bottom: top + plotHeight,
  }
  return [
    '<g>',
    text(
      { x: left, y: top - 9, size: 13, weight: 600 },
      panel.unit === '' ? panel.title : `${panel.title}, ${panel.unit}`,
    ),
    legend(panel.series, top - 9),
    ...axis.ticks.map((tick) => gridLine(place.y(tick), numberText(tick))),
    ...time.ticks.map(
      (tick) => `<path d="M${place.x(tick)} ${top}v${plotHeight}" stroke="#f0f2f4"/>`,
    ),
    markLines(marks, place, top),
    ...stacked.map((series) => renderSeries(series, place)),
    `<path d="M${left} ${place.bottom}h${plotWidth}" stroke="#8c959f"/>`,
    '</g>',
  ].join('\n')
}

interface Place {
  x(seconds: number): number
  y(value: number): number
  readonly bottom: number
}

interface StackedSeries extends Series {
  /** What an area stands on; the axis when empty. */
  readonly floor: readonly KnownPoint[]
}

function stackAreas(all: readonly Series[]): StackedSeries[] {
  let floor: readonly KnownPoint[] = []
  return all.map((series) => {
    if (series.form !== 'area') return { ...series, floor: [] }
    const points = series.points.map(({ seconds, value }, i) => ({
      seconds,
      value: (value ?? 0) + (floor[i]?.value ?? 0),
    }))
    const stacked = { ...series, points, floor }
    floor = points
    return stacked
  })
}

function renderSeries({ form, color, points, floor }: StackedSeries, place: Place): string {
  if (form === 'dots') {
    return points
      .filter(isKnown)
      .map(({ seconds, value }) => {
        const [x, y] = [place.x(seconds), place.y(value)]
        return `<circle cx="${x}" cy="${y}" r="2" fill="${color}" fill-opacity="0.7"/>`
      })
      .join('')
  }
  const runs = runsOf(points)
  const line = runs.map((run) => `M${run.map((point) => placed(point, place)).join('L')}`).join('')
  if (line === '') return ''
  if (form === 'area') {
    return (
      `<path d="${line}${floorLine(points, floor, place)}Z" fill="${color}" fill-opacity="0.4"/>` +
      `<path d="${line}" fill="none" stroke="${color}" stroke-width="1"/>`
    )
  }
  const dashes = form === 'dashes' ? ' stroke-dasharray="4 3"' : ''
  const stroke = `stroke="${color}" stroke-width="1.4" stroke-linejoin="round"${dashes}`
  return `<path d="${line}" fill="none" ${stroke}/>`
}

interface KnownPoint extends Point {
  readonly value: number
}

const isKnown = (point: Point): point is KnownPoint => point.value !== undefined

/** The stretches without gaps. */
function runsOf(points: readonly Point[]): KnownPoint[][] {
  const runs: KnownPoint[][] = []
  let isOpen = false
  for (const point of points) {
    if (!isKnown(point)) isOpen = false
    else if (isOpen) runs.at(-1)?.push(point)
    else {
      runs.push([point])
      isOpen = true
    }
  }
  // A single point would leave no trace.
  return runs.map((run) => (run.length === 1 ? [...run, ...run] : run))
}

const placed = ({ seconds, value }: KnownPoint, place: Place): string =>
  `${place.x(seconds)} ${place.y(value)}`

/** Goes back from the end of an area to its begin. */
function floorLine(points: readonly Point[], floor: readonly KnownPoint[], place: Place): string {
  if (floor.length > 0)
    return [...floor]
      .reverse()
      .map((point) => `L${placed(point, place)}`)
      .join('')
  const ends = [points.at(-1), points[0]] as readonly Point[]
  return ends.map(({ seconds }) => `L${place.x(seconds)} ${place.bottom}`).join('')
}

/** The more there are the paler they are; of very many not each can be seen. */
function markLines(marks: readonly number[], place: Place, top: number): string {
  if (marks.length === 0) return ''
  const opacity = Math.max(0.06, Math.min(0.4, 30 / marks.length)).toFixed(2)
  const lines = new Set(marks.map((seconds) => place.x(seconds)))
  const path = [...lines].map((x) => `M${x} ${top}v${plotHeight}`).join('')
  return `<path d="${path}" stroke="${markColor}" stroke-opacity="${opacity}" stroke-width="0.8"/>`
}

function gridLine(y: number, label: string): string {
  return (
    `<path d="M${left} ${y}h${plotWidth}" stroke="#d8dee4"/>` +
    text({ x: left - 8, y: y + 4, anchor: 'end' }, label)
  )
}

function timeLabels(time: Axis, y: number): string {
  return time.ticks
    .map((tick) => {
      const label = tick === 0 ? '0' : formatDuration(tick)
      return text({ x: rounded(left + time.place(tick) * plotWidth), y, anchor: 'middle' }, label)
    })
    .join('')
}

/** In one row that ends at the right end of the panel. */
function legend(series: readonly Series[], y: number): string {
  const widths = series.map(({ name }) => 30 + name.length * 6.8)
  let x = width - right - widths.reduce((a, b) => a + b, 0)
  return series
    .map(({ name, color, form }, i) => {
      const entry = swatch(form, color, x, y) + text({ x: x + 18, y }, name)
      x += widths[i] as number
      return entry
    })
    .join('')
}

function swatch(form: Series['form'], color: string, x: number, y: number): string {
  if (form === 'dots') return `<circle cx="${x + 8}" cy="${y - 4}" r="2.5" fill="${color}"/>`
  if (form === 'area')
    return `<rect x="${x + 2}" y="${y - 9}" width="10" height="10" fill="${color}"/>`
  const dashes = form === 'dashes' ? ' stroke-dasharray="4 3"' : ''
  return `<path d="M${x} ${y - 4}h13" stroke="${color}" stroke-width="2"${dashes}/>`
}

interface TextStyle {
  readonly x: number
  readonly y: number
  readonly size?: number
  readonly weight?: number
  readonly color?: string
  readonly anchor?: 'middle' | 'end'
}

function text(style: TextStyle, content: string): string {
  const { x, y, size = 12, weight = 400, color = '#24292f', anchor = 'start' } = style
  return (
    `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${color}" ` +
    `text-anchor="${anchor}">${escaped(content)}</text>`
  )
}

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const numberText = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 3 })

const rounded = (pixels: number): number => Math.round(pixels * 10) / 10
