import { useState } from 'preact/hooks'
import type { ChartData } from './chartData.ts'
import { lineColours, LineChart } from './lineChart.tsx'
import { ColumnHeads } from '../parts/columnHeads.tsx'

/** A chart with what its lines are, and the same as a table. */
export function ChartView({ data }: { readonly data: ChartData }) {
  const [pointed, setPointed] = useState<number>()
  const { kind, times, lines } = data
  const at = pointed !== undefined && pointed < times.length ? pointed : times.length - 1
  return (
    <section class="chart-box" aria-label={kind.title}>
      <h2>{kind.title}</h2>
      <p class="hint">{kind.about}</p>
      <ul class="legend" aria-label={`Lines of ${kind.title}`}>
        {lines.map(({ name, values }, i) => (
          <li key={name}>
            <span class={`swatch line-${(i % lineColours) + 1}`} aria-hidden="true" /> {name}{' '}
            <strong>{valueText(values[at] ?? null)}</strong>
          </li>
        ))}
        {lines.length === 0 && <li>Nothing yet</li>}
      </ul>
      <p class="hint">
        {timeText(times[at] ?? 0)}, {kind.unit}
      </p>
      <LineChart data={data} onPoint={setPointed} />
      <ValueTable data={data} />
    </section>
  )
}

function ValueTable({ data: { kind, times, lines } }: { readonly data: ChartData }) {
  const [isOpen, setOpen] = useState(false)
  const label = `${kind.title} as a table, ${kind.unit}`
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {isOpen && (
        <div class="wide values" tabIndex={0} role="region" aria-label={label}>
          <table aria-label={label}>
            <thead>
              <tr>
                <ColumnHeads names={['Time', ...lines.map(({ name }) => name)]} />
              </tr>
            </thead>
            <tbody>
              {times
                .map((_, i) => times.length - 1 - i)
                .map((at) => (
                  <tr key={times[at]}>
                    <th scope="row">{timeText(times[at] ?? 0)}</th>
                    {lines.map(({ name, values }) => (
                      <td key={name} class="figure">
                        {valueText(values[at] ?? null)}
                      </td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}

const times = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const timeText = (seconds: number): string => times.format(seconds * 1000)

const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })
const valueText = (value: number | null): string => (value === null ? '–' : figures.format(value))
