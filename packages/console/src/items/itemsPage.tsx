import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { describeTable } from '../database/tables.ts'
import { addressOf, goTo, type Route } from '../navigation/route.ts'
import { CheckField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { VirtualRows } from '../parts/virtualRows.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { countText } from '../values/figures.ts'
import { ChosenItems } from './chosenItems.tsx'
import { keyOf, keyText } from './itemChange.ts'
import { cellText, columnsOf } from './itemText.ts'
import { readFromQuery, readToQuery, type ReadDraft } from './readDraft.ts'
import { ReadForm } from './readForm.tsx'
import { keyNamesOf } from './readInput.ts'
import { useReading, type Reading } from './readPages.ts'

interface ItemsPageProps {
  readonly connection: Connection
  readonly tableName: string
  readonly route: Route
}

/** The items of a table: what is read stands in the address, so that it can be kept and shared. */
export function ItemsPage({ connection, tableName, route }: ItemsPageProps) {
  const { table, failure } = useTable(connection, tableName)
  const inAddress = readFromQuery(route.query)
  const [draft, setDraft] = useState<ReadDraft>(inAddress)
  const reading = useReading(connection, table, inAddress)
  // Back and forward bring other addresses.
  useEffect(() => setDraft(readFromQuery(route.query)), [route.query.toString()])
  function run(): void {
    const address = addressOf(['tables', tableName, 'items'], readToQuery(draft))
    if (address === location.hash) reading.again()
    else goTo(address)
  }
  const shownFailure = failure ?? reading.failure
  return (
    <div class="page">
      <p>
        <a href={addressOf(['tables'])}>Tables</a> /{' '}
        <a href={addressOf(['tables', tableName])}>{tableName}</a>
      </p>
      <header class="page-head">
        <h1>Items of {tableName}</h1>
        <a class="button" href={addressOf(['tables', tableName, 'new-item'])}>
          New item
        </a>
      </header>
      {table !== undefined && (
        <ReadForm table={table} draft={draft} onChange={setDraft} onRun={run} />
      )}
      {shownFailure !== undefined && (
        <p role="alert" class="failure">
          {shownFailure}
        </p>
      )}
      <PageLine reading={reading} />
      {table !== undefined && reading.page !== undefined && (
        <ItemRows
          connection={connection}
          table={table}
          items={reading.page.items}
          onChanged={reading.again}
        />
      )}
    </div>
  )
}

function useTable({ client }: Connection, tableName: string) {
  const [table, setTable] = useState<TableDescription>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    describeTable(client, tableName).then(setTable, (error: unknown) => setFailure(textOf(error)))
  }, [client, tableName])
  return { table, failure }
}

/** How much was read and what it took, and the ways to other pages. */
function PageLine({ reading }: { readonly reading: Reading }) {
  const { page, isBusy, pageNumber, toPrevious, toNext, cancel } = reading
  const found = page?.items.length ?? 0
  return (
    <div class="actions">
      <p role="status">
        {page === undefined
          ? 'Reading…'
          : `Page ${pageNumber}: ${countText(found)} of ${countText(page.scannedCount)} read ` +
            `items, ${page.capacityUnits} capacity units.`}
      </p>
      <button type="button" disabled={toPrevious === undefined || isBusy} onClick={toPrevious}>
        Previous page
      </button>
      <button type="button" disabled={toNext === undefined || isBusy} onClick={toNext}>
        Next page
      </button>
      {isBusy && (
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      )}
    </div>
  )
}

interface ItemRowsProps {
  readonly connection: Connection
  readonly table: TableDescription
  readonly items: readonly Item[]
  readonly onChanged: () => void
}

function ItemRows({ connection, table, items, onChanged }: ItemRowsProps) {
  const { TableName: tableName = '' } = table
  const { partitionKey, sortKey } = keyNamesOf(table, '')
  const keyNames = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  const columns = useMemo(() => columnsOf(items, keyNames), [items, table])
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => setChosen(new Set()), [items])
  const shown = columns.filter((name) => !hidden.has(name))
  const keys = items.map((item) => keyOf(item, keyNames))
  const texts = keys.map(keyText)
  if (items.length === 0) return null
  return (
    <>
      <ColumnChoice columns={columns} hidden={hidden} onChange={setHidden} />
      <ChosenItems
        connection={connection}
        deletion={{
          tableName,
          keyNames,
          keys: keys.filter((_, i) => chosen.has(texts[i] as string)),
        }}
        onDeleted={onChanged}
      />
      <VirtualRows
        label={`Items of ${tableName}`}
        head={['Choose', 'Item', ...shown]}
        count={items.length}
        keyOf={(i) => texts[i] as string}
        row={(i) => {
          const text = texts[i] as string
          return (
            <ItemCells
              item={items[i] as Item}
              columns={shown}
              name={keyNames.map((name) => cellText(items[i]?.[name])).join(' ')}
              address={addressOf(['tables', tableName, 'item'], { key: text })}
              isChosen={chosen.has(text)}
              onChoose={(isChosen) => setChosen(withMember(chosen, text, isChosen))}
            />
          )
        }}
      />
    </>
  )
}

function withMember(set: ReadonlySet<string>, member: string, isIn: boolean): ReadonlySet<string> {
  const changed = new Set(set)
  if (isIn) changed.add(member)
  else changed.delete(member)
  return changed
}

interface ItemCellsProps {
  readonly item: Item
  readonly columns: readonly string[]
  /** What the item is called: the values of its key. */
  readonly name: string
  readonly address: string
  readonly isChosen: boolean
  readonly onChoose: (isChosen: boolean) => void
}

function ItemCells({ item, columns, name, address, isChosen, onChoose }: ItemCellsProps) {
  return (
    <>
      <td>
        <input
          type="checkbox"
          aria-label={`Choose ${name}`}
          checked={isChosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a href={address} aria-label={`Open ${name}`}>
          Open
        </a>
      </th>
      {columns.map((column) => (
        <td key={column}>{cellText(Object.hasOwn(item, column) ? item[column] : undefined)}</td>
      ))}
    </>
  )
}

interface ColumnChoiceProps {
  readonly columns: readonly string[]
  readonly hidden: ReadonlySet<string>
  readonly onChange: (hidden: ReadonlySet<string>) => void
}

function ColumnChoice({ columns, hidden, onChange }: ColumnChoiceProps) {
  return (
    <details>
      <summary>Columns</summary>
      <div class="actions">
        {columns.map((name) => (
          <CheckField
            key={name}
            label={name}
            checked={!hidden.has(name)}
            onCheck={(isShown) => onChange(withMember(hidden, name, !isShown))}
          />
        ))}
      </div>
    </details>
  )
}
