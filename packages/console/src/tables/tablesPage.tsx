import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { textOf } from '../parts/notices.tsx'
import { addressOf } from '../navigation/route.ts'
import type { Connection } from '../database/connection.ts'
import { listTables } from '../database/tables.ts'
import { TextField } from '../parts/field.tsx'
import { VirtualRows } from '../parts/virtualRows.tsx'
import { bytesText, countText } from '../values/figures.ts'
import { useDescriptions } from './tableDescriptions.ts'
import { Elsewhere } from './elsewhere.tsx'
import { Failure } from '../parts/failure.tsx'

const head = ['Table', 'Status', 'Items', 'Size', 'Indexes']

/** All tables, of which those in sight are described. */
export function TablesPage({ connection }: { readonly connection: Connection }) {
  const { names, isWhole, failure, round, reload } = useTableNames(connection)
  const [sought, setSought] = useState('')
  const shown = useMemo(() => {
    const part = sought.toLowerCase()
    return names.filter((name) => name.toLowerCase().includes(part))
  }, [names, sought])
  const { descriptions, describe } = useDescriptions(connection, round)
  const onSight = useCallback(
    (first: number, end: number) => describe(shown.slice(first, end)),
    [shown, describe],
  )
  return (
    <div class="page">
      <header class="page-head">
        <h1>Tables</h1>
        <div class="actions">
          <button type="button" onClick={reload}>
            Refresh
          </button>
          <a class="button primary" href={addressOf(['create-table'])}>
            Create table
          </a>
        </div>
      </header>
      <Failure text={failure} />
      <TextField label="Find a table" type="search" value={sought} onText={setSought} />
      <p role="status">{countOf(shown.length, names.length, isWhole)}</p>
      {shown.length > 0 && (
        <VirtualRows
          label="Tables"
          head={head}
          count={shown.length}
          keyOf={(i) => shown[i] as string}
          onSight={onSight}
          row={(i) => (
            <TableCells name={shown[i] as string} table={descriptions.get(shown[i] as string)} />
          )}
        />
      )}
      {isWhole && <Elsewhere connection={connection} isEmpty={names.length === 0} />}
    </div>
  )
}

function countOf(shown: number, all: number, isWhole: boolean): string {
  const tables = all === 1 ? '1 table' : `${countText(all)} tables`
  if (!isWhole) return `${tables} so far…`
  return shown === all ? `${tables}.` : `${countText(shown)} of ${tables}.`
}

interface TableCellsProps {
  readonly name: string
  readonly table: TableDescription | undefined
}

function TableCells({ name, table }: TableCellsProps) {
  const indexes = [
    ...(table?.GlobalSecondaryIndexes ?? []),
    ...(table?.LocalSecondaryIndexes ?? []),
  ].map(({ IndexName }) => IndexName)
  return (
    <>
      <th scope="row">
        <a href={addressOf(['tables', name])}>{name}</a>
      </th>
      <td>{table?.TableStatus ?? '…'}</td>
      <td class="figure">{table === undefined ? '…' : countText(table.ItemCount ?? 0)}</td>
      <td class="figure">{table === undefined ? '…' : bytesText(table.TableSizeBytes ?? 0)}</td>
      <td>{indexes.join(', ')}</td>
    </>
  )
}

function useTableNames({ client }: Connection) {
  const [names, setNames] = useState<readonly string[]>([])
  const [isWhole, setWhole] = useState(false)
  const [failure, setFailure] = useState<string>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    const controller = new AbortController()
    setWhole(false)
    setFailure(undefined)
    listTables(client, controller.signal, setNames).then(
      () => setWhole(true),
      (error: unknown) => {
        if (!controller.signal.aborted) setFailure(textOf(error))
      },
    )
    return () => controller.abort()
  }, [client, round])
  return { names, isWhole, failure, round, reload: () => setRound((count) => count + 1) }
}
