import { useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { addressOf, goTo, type Route } from '../navigation/route.ts'
import { CheckField, ChoiceField } from '../parts/field.tsx'
import { countText } from '../values/figures.ts'
import { latencyStatistics } from './chartKinds.ts'
import { ChartView } from './chartView.tsx'
import { mostRead, useCharts } from './useCharts.ts'
import { Failure } from '../parts/failure.tsx'

interface MetricsPageProps {
  readonly connection: Connection
  readonly route: Route
}

const ranges: readonly (readonly [string, string])[] = [
  ['900', '15 minutes'],
  ['3600', 'Hour'],
  ['10800', '3 hours'],
  ['86400', 'Day'],
]

/** What the server counts, as charts: of all tables or of one. */
export function MetricsPage({ connection, route }: MetricsPageProps) {
  const { query } = route
  const table = query.get('table') ?? ''
  const range = ranges.find(([seconds]) => seconds === query.get('range'))?.[0] ?? '900'
  const latency =
    latencyStatistics.find(([statistic]) => statistic === query.get('latency'))?.[0] ?? 'p99'
  const [isLive, setLive] = useState(true)
  const choice = {
    tableName: table === '' ? undefined : table,
    latencyStatistic: latency,
    rangeSeconds: Number(range),
  }
  const { charts, failure } = useCharts(connection, choice, isLive)
  const choose = (changed: Readonly<Record<string, string>>): void =>
    goTo(addressOf(['metrics'], { table, range, latency, ...changed }), { replaces: true })
  const tables = [...new Set([...(charts?.tableNames ?? []), ...(table === '' ? [] : [table])])]
  return (
    <div class="page">
      <h1>Metrics</h1>
      <div class="pair">
        <ChoiceField
          label="Table"
          value={table}
          choices={[['', 'All tables'], ...tables.map((name) => [name, name] as const)]}
          onChoose={(name) => choose({ table: name })}
        />
        <ChoiceField
          label="Last"
          value={range}
          choices={ranges}
          onChoose={(seconds) => choose({ range: seconds })}
        />
        <ChoiceField
          label="Latency of"
          value={latency}
          choices={latencyStatistics}
          onChoose={(statistic) => choose({ latency: statistic })}
        />
        <CheckField label="Live, every 5 seconds" checked={isLive} onCheck={setLive} />
      </div>
      <Failure text={failure} />
      {charts !== undefined && charts.leftOut > 0 && (
        <p>
          The first {countText(mostRead)} metrics are shown; choose a table for the other{' '}
          {countText(charts.leftOut)}.
        </p>
      )}
      {charts === undefined && failure === undefined && <p role="status">Reading…</p>}
      <div class="charts">
        {charts?.charts.map((data) => (
          <ChartView key={data.kind.title} data={data} />
        ))}
      </div>
    </div>
  )
}
