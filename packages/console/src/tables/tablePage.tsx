import type { TableDescription, TimeToLiveDescription } from '@aws-sdk/client-dynamodb'
import { useEffect, useState } from 'preact/hooks'
import { textOf } from '../parts/notices.tsx'
import { addressOf } from '../navigation/route.ts'
import type { Connection } from '../database/connection.ts'
import { describeTable, describeTimeToLive } from '../database/tables.ts'
import { bytesText, countText } from '../values/figures.ts'
import { ChangeTable } from './changeTable.tsx'
import { DeleteTable } from './deleteTable.tsx'
import { Failure } from '../parts/failure.tsx'
import { ColumnHeads } from '../parts/columnHeads.tsx'

interface TablePageProps {
  readonly connection: Connection
  readonly tableName: string
}

interface Described {
  readonly table: TableDescription
  readonly timeToLive: TimeToLiveDescription
}

/** How often a table that changes is looked at, in milliseconds. */
const lookAgainMs = 1000

/** One table: what it is, what of it can be changed, and the way to its items. */
export function TablePage({ connection, tableName }: TablePageProps) {
  const { described, failure, reload } = useTable(connection, tableName)
  const [isDeleting, setDeleting] = useState(false)
  return (
    <div class="page">
      <p>
        <a href={addressOf(['tables'])}>Tables</a>
      </p>
      <header class="page-head">
        <h1>{tableName}</h1>
        <div class="actions">
          <a class="button primary" href={addressOf(['tables', tableName, 'items'])}>
            Items
          </a>
          {described?.table.StreamSpecification?.StreamEnabled === true && (
            <a class="button" href={addressOf(['streams'], { table: tableName })}>
              Follow stream
            </a>
          )}
          <a class="button" href={addressOf(['metrics'], { table: tableName })}>
            Charts
          </a>
          <button type="button" onClick={reload}>
            Refresh
          </button>
          <button
            type="button"
            class="danger"
            disabled={described === undefined}
            onClick={() => setDeleting(true)}
          >
            Delete table…
          </button>
        </div>
      </header>
      <Failure text={failure} />
      {described !== undefined && (
        <>
          <Facts {...described} />
          <Indexes table={described.table} />
          <ChangeTable connection={connection} {...described} onChanged={reload} />
        </>
      )}
      {isDeleting && described !== undefined && (
        <DeleteTable
          connection={connection}
          table={described.table}
          onClose={() => setDeleting(false)}
        />
      )}
    </div>
  )
}

function useTable({ client }: Connection, tableName: string) {
  const [described, setDescribed] = useState<Described>()
  const [failure, setFailure] = useState<string>()
  const [round, setRound] = useState(0)
  const reload = (): void => setRound((count) => count + 1)
  useEffect(() => {
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    Promise.all([describeTable(client, tableName), describeTimeToLive(client, tableName)]).then(
      ([table, timeToLive]) => {
        if (isOver) return
        setFailure(undefined)
        setDescribed({ table, timeToLive })
        if (isChanging(table)) timer = setTimeout(reload, lookAgainMs)
      },
      (error: unknown) => {
        if (!isOver) setFailure(textOf(error))
      },
    )
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [client, tableName, round])
  return { described, failure, reload }
}

const isChanging = ({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription): boolean =>
  TableStatus !== 'ACTIVE' ||
  GlobalSecondaryIndexes.some(({ IndexStatus }) => IndexStatus !== 'ACTIVE')

function Facts({ table, timeToLive }: Described) {
  const types = new Map(table.AttributeDefinitions?.map((a) => [a.AttributeName, a.AttributeType]))
  const keys = (table.KeySchema ?? []).map(
    ({ AttributeName }) => `${AttributeName} (${types.get(AttributeName)})`,
  )
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const { ReadCapacityUnits: reads, WriteCapacityUnits: writes } = table.ProvisionedThroughput ?? {}
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Status', table.TableStatus],
    ['Primary key', keys.join(', ')],
    ['Items', countText(table.ItemCount ?? 0)],
    ['Size', bytesText(table.TableSizeBytes ?? 0)],
    ['Capacity', isOnDemand ? 'On demand' : `${reads} read, ${writes} write units`],
    ['Time to live', timeToLiveText(timeToLive)],
    ['Stream', table.StreamSpecification?.StreamViewType ?? 'None'],
    ['ARN of the stream', table.LatestStreamArn ?? 'None'],
    ['Deletion protection', table.DeletionProtectionEnabled === true ? 'On' : 'Off'],
    ['Created', table.CreationDateTime?.toISOString()],
    ['ARN', table.TableArn],
  ]
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function timeToLiveText({ TimeToLiveStatus: status, AttributeName: name }: TimeToLiveDescription) {
  return name === undefined ? 'None' : `${name} (${status?.toLowerCase()})`
}

function Indexes({ table }: { readonly table: TableDescription }) {
  const { GlobalSecondaryIndexes: globals = [], LocalSecondaryIndexes: locals = [] } = table
  if (globals.length + locals.length === 0) return null
  const rows = [
    ...globals.map((index) => ({ ...index, kind: 'Global', status: index.IndexStatus })),
    ...locals.map((index) => ({ ...index, kind: 'Local', status: table.TableStatus })),
  ]
  return (
    <section>
      <h2>Indexes</h2>
      <div class="wide" tabIndex={0} role="region" aria-label="Indexes">
        <table>
          <thead>
            <tr>
              <ColumnHeads
                names={['Index', 'Kind', 'Key', 'Projection', 'Status', 'Items', 'Size']}
              />
            </tr>
          </thead>
          <tbody>
            {rows.map((index) => (
              <tr key={index.IndexName}>
                <th scope="row">{index.IndexName}</th>
                <td>{index.kind}</td>
                <td>{index.KeySchema?.map(({ AttributeName }) => AttributeName).join(', ')}</td>
                <td>{index.Projection?.ProjectionType}</td>
                <td>{index.status}</td>
                <td class="figure">{countText(index.ItemCount ?? 0)}</td>
                <td class="figure">{bytesText(index.IndexSizeBytes ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
