import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { DeletedPage } from '../deletions/deletedPage.tsx'
import { ItemPage } from '../items/itemPage.tsx'
import { ItemsPage } from '../items/itemsPage.tsx'
import { CreateTable } from '../tables/createTable.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { TablePage } from '../tables/tablePage.tsx'
import { TablesPage } from '../tables/tablesPage.tsx'
import { ImportPage } from '../transfers/importPage.tsx'
import { addressOf, type Route } from '../navigation/route.ts'

interface PagesProps {
  readonly route: Route
  readonly connection: Connection
}

/** The page of a route. */
export function Pages({ route, connection }: PagesProps) {
  const [page, tableName, part] = route.path
  const title = titles[route.path.join('/')] ?? tableName ?? titles[page ?? '']
  useEffect(() => {
    document.title = title === undefined ? 'Dynatom' : `${title} · Dynatom`
  }, [title])
  if (page === 'tables' && tableName === undefined) return <TablesPage connection={connection} />
  if (page === 'deleted') return <DeletedPage connection={connection} />
  if (page === 'create-table') return <CreateTable connection={connection} />
  if (page === 'tables' && tableName !== undefined) {
    const props = { key: tableName, connection, tableName, route }
    if (part === 'items') return <ItemsPage {...props} />
    if (part === 'item' || part === 'new-item') return <ItemPage {...props} />
    if (part === 'import') return <ImportPage {...props} />
    return <TablePage key={tableName} connection={connection} tableName={tableName} />
  }
  const load = loadedPages[page ?? '']
  if (load !== undefined) return <Loaded key={page} load={load} props={{ connection, route }} />
  return (
    <div class="page">
      <h1>There is no such page</h1>
      <p>
        <a href={addressOf(['tables'])}>To the tables</a>
      </p>
    </div>
  )
}

/** Pages that are loaded when they are opened. */
const loadedPages: Readonly<Record<string, () => Promise<ComponentType<PagesProps>>>> = {
  lab: async () => (await import('../lab/labPage.tsx')).LabPage,
  metrics: async () => (await import('../metrics/metricsPage.tsx')).MetricsPage,
  streams: async () => (await import('../streams/streamsPage.tsx')).StreamsPage,
  partiql: async () => (await import('../statements/statementsPage.tsx')).StatementsPage,
  transactions: async () => (await import('../transactions/transactionsPage.tsx')).TransactionsPage,
  learn: async () => (await import('../learn/learnPage.tsx')).LearnPage,
}

const titles: Readonly<Record<string, string>> = {
  tables: 'Tables',
  'create-table': 'Create table',
  transactions: 'Transactions',
  'transactions/live': 'Transactions under way',
  partiql: 'PartiQL',
  streams: 'Streams',
  metrics: 'Metrics',
  lab: 'Lab',
  learn: 'Learn',
  deleted: 'Deleted',
}
