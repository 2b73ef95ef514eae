import { describe, expect, test } from 'vitest'
import { emptyLatencies, type Sample } from './sample.ts'
import { soakChart } from './soakChart.ts'
import { renderChart, type Chart, type Panel, type Series } from './svgChart.ts'

/** A strict reader of the XML that is written here; gives the elements as their opening tags. */
function elementsOf(svg: string): string[] {
  const open: string[] = []
  const elements: string[] = []
  let rest = svg
  while (rest.trim() !== '') {
    const part =
      /^([^<>&]|&(?:amp|lt|gt);)+|^<\/([a-z]+)>|^<([a-z]+)((?: [a-zA-Z-]+="[^"<>&]*")*)(\/?)>/
    const match = part.exec(rest.trimStart())
    if (match === null) throw new Error(`no XML: ${rest.slice(0, 200)}`)
    const [all, , closes, opens, , isEmpty] = match
    if (closes !== undefined && open.pop() !== closes) throw new Error(`</${closes}> has no begin`)
    if (closes === undefined && opens === undefined && open.length === 0)
      throw new Error('text alone')
    if (opens !== undefined) elements.push(all)
    if (opens !== undefined && isEmpty === '') open.push(opens)
    rest = rest.trimStart().slice(all.length)
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join()}`)
  return elements
}

const attributeOf = (element: string, name: string): string | undefined =>
  new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1]

/** Every number of every attribute that has a place in it. */
function placesOf(elements: readonly string[]): number[] {
  const names = ['d', 'x', 'y', 'cx', 'cy', 'width', 'height']
  return elements.flatMap((element) =>
    names.flatMap((name) =>
      (attributeOf(element, name) ?? '')
        .split(/[A-Za-z ]+/)
        .filter((text) => text !== '')
        .map(Number),
    ),
  )
}

const series = (form: Series['form'], values: readonly (number | undefined)[]): Series => ({
  name: `a <${form}> & more`,
  color: '#123456',
  form,
  points: values.map((value, i) => ({ seconds: i * 10, value })),
})

const chartOf = (panels: readonly Partial<Panel>[], marks: readonly number[] = []): Chart => ({
  title: 'A chart of "a < b & c > d"',
  subtitle: 'quickly',
  seconds: 40,
  panels: panels.map((panel) => ({
    title: 'P',
    unit: 'ms',
    scale: 'linear',
    series: [],
    ...panel,
  })),
  marks: { name: 'a mark', seconds: marks },
})

const linesOf = (svg: string): string[] =>
  elementsOf(svg).flatMap((element) => {
    const isLine = element.includes('stroke="#123456"') && element.includes('fill="none"')
    return isLine ? (attributeOf(element, 'd') ?? []) : []
  })

describe('a chart', () => {
  test.each<[string, readonly Partial<Panel>[]]>([
    ['no panel', []],
    ['an empty panel', [{}]],
    ['no points', [{ series: [series('line', []), series('area', []), series('dots', [])] }]],
    ['nothing known', [{ scale: 'log', series: [series('line', [undefined, undefined])] }]],
    [
      'zeros',
      [{ scale: 'log', series: [series('line', [0, 0])] }, { series: [series('area', [0, 0])] }],
    ],
    ['one point', [{ series: [series('line', [5]), series('dots', [5])] }]],
    ['gaps', [{ series: [series('line', [1, undefined, 3, 4, undefined])] }]],
  ])('of %s is well-formed and has places within its page', (_, panels) => {
    const elements = elementsOf(renderChart(chartOf(panels, [0, 40])))
    const [width, height] = ['width', 'height'].map((name) =>
      Number(attributeOf(elements[0] ?? '', name)),
    )
    const places = placesOf(elements)
    expect(places.length).toBeGreaterThan(4)
    for (const place of places) {
      expect(place).toBeGreaterThanOrEqual(0)
      expect(place).toBeLessThanOrEqual(Math.max(width as number, height as number))
    }
  })

  test('draws a line through its points, upwards for more', () => {
    const [path] = linesOf(renderChart(chartOf([{ series: [series('line', [0, 5, 10])] }])))
    const points = [...(path ?? '').matchAll(/[ML]([0-9.]+) ([0-9.]+)/g)].map(([, x, y]) =>
      [x, y].map(Number),
    )
    expect(points).toHaveLength(3)
    const [[x0, y0], [x1, y1], [x2, y2]] = points as [number[], number[], number[]]
    expect([(x1 ?? 0) - (x0 ?? 0), (y0 ?? 0) - (y1 ?? 0)]).toEqual([(x2 ?? 0) - (x1 ?? 0), 60])
    expect((y0 ?? 0) - (y2 ?? 0)).toBe(120)
  })

  test('interrupts a line where a value is not known', () => {
    const [path] = linesOf(
      renderChart(chartOf([{ series: [series('line', [1, 2, undefined, 4, 3])] }])),
    )
    expect(path?.match(/M/g)).toHaveLength(2)
  })

  test('stacks areas', () => {
    const areas = [series('area', [1, 1]), series('area', [1, 3])]
    const [low, high] = linesOf(renderChart(chartOf([{ series: areas }])))
    const heights = [low, high].map((path) => Number(/ ([0-9.]+)$/.exec(path ?? '')?.[1]))
    // Of an axis to 4: at 1 and at 4.
    expect((heights[0] as number) - (heights[1] as number)).toBe(90)
  })

  test('writes its words, its ticks and the legend', () => {
    const svg = renderChart(chartOf([{ series: [series('line', [0, 1500])] }], [20]))
    for (const text of [
      'a &lt;line&gt; &amp; more',
      '&gt; d"',
      '>1,500<',
      '>500<',
      '>P, ms<',
      '>20 s<',
      '>a mark<',
    ]) {
      expect(svg).toContain(text)
    }
  })

  test('needs nothing from elsewhere', () => {
    const svg = renderChart(chartOf([{ series: [series('line', [0, 1])] }]))
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /http|href|url\(|<style|<script/,
    )
  })
})

describe('the chart of a run', () => {
  const sampleAt = (startSeconds: number): Sample => {
    const latencies = emptyLatencies()
    for (let i = 0; i < startSeconds % 7; i++) latencies.read.add(i)
    const isKilled = startSeconds % 5 === 0
    const gauges = isKilled ? {} : { serverResidentBytes: 1e8, storeBytes: 1e6 * startSeconds }
    const restart = isKilled ? { readyMs: 300 } : {}
    return { startSeconds, seconds: 1, latencies, kills: isKilled ? 1 : 0, ...restart, gauges }
  }

  test.each([0, 1, 2, 1999, 2000])(
    'with %i samples is well-formed and has numbers only',
    (count) => {
      const samples = Array.from({ length: count }, (_, i) => sampleAt(i))
      const svg = renderChart(soakChart({ samples, seed: 1, clients: 2, verdict: 'no findings' }))
      const elements = elementsOf(svg)
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      expect(placesOf(elements).every((place) => Number.isFinite(place))).toBe(true)
      expect(svg.length).toBeLessThan(400_000)
    },
  )
})
