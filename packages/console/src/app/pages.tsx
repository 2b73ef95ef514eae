import { useEffect } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { DeletedPage } from '../deletions/deletedPage.tsx'
import { ItemPage } from '../items/itemPage.tsx'
import { ItemsPage } from '../items/itemsPage.tsx'
import { CreateTable } from '../tables/createTable.tsx'
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
  const title = tableName ?? titles[page ?? '']
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
  return (
    <div class="page">
      <h1>There is no such page</h1>
      <p>
        <a href={addressOf(['tables'])}>To the tables</a>
      </p>
    </div>
  )
}

const titles: Readonly<Record<string, string>> = {
  tables: 'Tables',
  'create-table': 'Create table',
  deleted: 'Deleted',
}
