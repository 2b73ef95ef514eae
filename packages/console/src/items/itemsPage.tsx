import type { TableDescription } from '@aws-sdk/client-dynamodb'
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { CopyAs } from '../copying/copyAs.tsx'
import { Inexpressible, typedClientText } from '../copying/typedClient.ts'
import type { Connection } from '../database/connection.ts'
import { keysOfTable } from '../database/keysOfTable.ts'
import { describeTable } from '../database/tables.ts'
import { addressOf, goTo, type Route } from '../navigation/route.ts'
import { useDraft } from '../parts/draft.ts'
import { ChoiceField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { ExportChoice } from '../transfers/exportChoice.tsx'
import { countText } from '../values/figures.ts'
import { ItemRows, namesOf } from './itemRows.tsx'
import { columnsOf } from './itemText.ts'
import { LensRows } from './lensRows.tsx'
import { readFromQuery, readToQuery, type ReadDraft } from './readDraft.ts'
import { ReadForm } from './readForm.tsx'
import { keyNamesOf, readInput } from './readInput.ts'
import { allPages, useReading, type Reading } from './readPages.ts'
import { typedRead } from './typedCalls.ts'
import { Failure } from '../parts/failure.tsx'

interface ItemsPageProps {
  readonly connection: Connection
  readonly tableName: string
  readonly route: Route
}

/** How items are shown: as rows, or as entities in item collections. */
type Shown = 'rows' | 'lens'

/** The items of a table: what is read stands in the address, so that it can be kept and shared. */
export function ItemsPage({ connection, tableName, route }: ItemsPageProps) {
  const { table, failure } = useTable(connection, tableName)
  const inAddress = readFromQuery(route.query)
  const view: Shown = route.query.get('view') === 'lens' ? 'lens' : 'rows'
  const { draft, setDraft } = useTyped(connection, tableName, inAddress)
  const reading = useReading(connection, tableName, table, inAddress)
  const address = (read: ReadDraft, shown: Shown): string =>
    addressOf(['tables', tableName, 'items'], {
      ...readToQuery(read),
      ...(shown === 'lens' && { view: 'lens' }),
    })
  function run(): void {
    const wanted = address(draft, view)
    if (wanted === location.hash) reading.again()
    else goTo(wanted)
  }
  const shownFailure = failure ?? reading.failure
  return (
    <div class="page">
      <ItemsHead tableName={tableName} />
      {table !== undefined && (
        <ReadForm table={table} draft={draft} onChange={setDraft} onRun={run} />
      )}
      <Failure text={shownFailure} />
      <PageLine reading={reading} />
      {table !== undefined && (
        <ReadActions connection={connection} table={table} draft={inAddress} reading={reading}>
          <ChoiceField
            label="Show as"
            value={view}
            choices={[
              ['rows', 'Rows'],
              ['lens', 'Single-table lens'],
            ]}
            onChoose={(shown) => goTo(address(inAddress, shown))}
          />
        </ReadActions>
      )}
      {table !== undefined && reading.page !== undefined && view === 'rows' && (
        <ItemRows
          connection={connection}
          table={table}
          items={reading.page.items}
          onChanged={reading.again}
        />
      )}
      {table !== undefined && reading.page !== undefined && view === 'lens' && (
        <LensRows
          connection={connection}
          table={table}
          index={inAddress.index}
          items={reading.page.items}
          next={reading.page.next?.[keyNamesOf(table, inAddress.index).partitionKey]}
        />
      )}
    </div>
  )
}

function ItemsHead({ tableName }: { readonly tableName: string }) {
  return (
    <>
      <p>
        <a href={addressOf(['tables'])}>Tables</a> /{' '}
        <a href={addressOf(['tables', tableName])}>{tableName}</a>
      </p>
      <header class="page-head">
        <h1>Items of {tableName}</h1>
        <div class="actions">
          <a class="button" href={addressOf(['tables', tableName, 'import'])}>
            Import
          </a>
          <a class="button" href={addressOf(['tables', tableName, 'new-item'])}>
            New item
          </a>
        </div>
      </header>
    </>
  )
}

interface Typed {
  /** The address that it was typed over. */
  readonly over: string
  readonly draft: ReadDraft
}

/** What is typed into the form of a read, which an address or a reload brings back. */
function useTyped({ namespace }: Connection, tableName: string, inAddress: ReadDraft) {
  const over = JSON.stringify(inAddress)
  const name = `read:${namespace ?? ''}:${tableName}`
  const [typed, setTyped] = useDraft<Typed>(name, { over, draft: inAddress })
  return {
    // Back and forward bring other addresses.
    draft: typed.over === over ? typed.draft : inAddress,
    setDraft: (draft: ReadDraft) => setTyped({ over, draft }),
  }
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

interface ReadActionsProps {
  readonly connection: Connection
  readonly table: TableDescription
  readonly draft: ReadDraft
  readonly reading: Reading
  readonly children: ComponentChildren
}

/** What can be made of the present read: another view, a program, a file. */
function ReadActions({ connection, table, draft, reading, children }: ReadActionsProps) {
  const { TableName: tableName = '', ItemCount } = table
  const keys = keysOfTable(table)
  const isWhole = draft.mode === 'scan' && draft.filters.length === 0 && draft.index === ''
  return (
    <div class="actions spread">
      {children}
      <ExportChoice
        tableName={tableName}
        keys={keys}
        of={isWhole ? ItemCount : undefined}
        readAll={(signal) => allPages(connection, readInput(table, draft), signal)}
      />
      <CopyAs
        connection={connection}
        request={() => {
          const { mode, input } = readInput(table, draft)
          return {
            operation: mode === 'query' ? 'Query' : 'Scan',
            input: { ...input, ExclusiveStartKey: reading.start },
          }
        }}
        typedText={(place) =>
          typedClientText(keys, tableName, place, () => {
            if (reading.start !== undefined) {
              throw new Inexpressible('it goes on by cursors of its own. Go to the first page.')
            }
            return typedRead(table, draft, columnsOf(reading.page?.items ?? [], namesOf(table)))
          })
        }
      />
    </div>
  )
}
