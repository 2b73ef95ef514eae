import type { AttributeValue, TableDescription } from '@aws-sdk/client-dynamodb'
import { useMemo } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { addressOf } from '../navigation/route.ts'
import { useDraft } from '../parts/draft.ts'
import { CheckField } from '../parts/field.tsx'
import { VirtualRows } from '../parts/virtualRows.tsx'
import { toBase64 } from '../values/base64.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { countText } from '../values/figures.ts'
import { collectionsOf, entitiesOf, type ItemCollection, type Member } from './entities.ts'
import { keyOf, keyText } from './itemChange.ts'
import { nameOf, namesOf, withMember } from './itemRows.tsx'
import { cellText } from './itemText.ts'
import { newRead, readToQuery } from './readDraft.ts'
import { keyNamesOf, type KeyNames } from './readInput.ts'

interface LensRowsProps {
  readonly connection: Connection
  readonly table: TableDescription
  /** The index whose item collections are shown; empty for those of the table. */
  readonly index: string
  readonly items: readonly Item[]
  /** The partition key that the next page begins with, where there is one. */
  readonly next: AttributeValue | undefined
}

interface LensDraft {
  /** The names of entities that are left out. */
  readonly hidden: readonly string[]
  /** The names of collections of which the head alone is shown. */
  readonly closed: readonly string[]
}

type Row =
  | { readonly kind: 'collection'; readonly collection: ItemCollection; readonly isLast: boolean }
  | { readonly kind: 'member'; readonly member: Member }

/** The lens of a single table: entities by prefixes of their keys, item collections as groups. */
export function LensRows({ connection, table, index, items, next }: LensRowsProps) {
  const { TableName: tableName = '' } = table
  const place = `${connection.namespace ?? ''}:${tableName}`
  const [{ hidden, closed }, setDraft] = useDraft<LensDraft>(`lens:${place}`, {
    hidden: [],
    closed: [],
  })
  const keyNames = keyNamesOf(table, index)
  const collections = useMemo(() => collectionsOf(items, keyNames), [items, table, index])
  const rows = useMemo(() => rowsOf(collections, hidden, closed), [collections, hidden, closed])
  if (items.length === 0) return null
  return (
    <>
      <fieldset>
        <legend>Entities</legend>
        <div class="actions">
          {entitiesOf(collections).map(([entity, count]) => (
            <CheckField
              key={entity}
              label={`${entity} (${countText(count)})`}
              checked={!hidden.includes(entity)}
              onCheck={(isShown) =>
                setDraft({ hidden: withMember(hidden, entity, !isShown), closed })
              }
            />
          ))}
        </div>
      </fieldset>
      <VirtualRows
        label={`Item collections of ${tableName}`}
        head={['Item', 'Entity', keyNames.sortKey ?? keyNames.partitionKey, 'Attributes']}
        count={rows.length}
        keyOf={(i) => keyOfRow(rows[i] as Row, table)}
        row={(i) => {
          const row = rows[i] as Row
          if (row.kind === 'member') {
            return <MemberCells {...row.member} table={table} keyNames={keyNames} />
          }
          const { collection, isLast } = row
          return (
            <CollectionCells
              collection={collection}
              address={queryAddress(table, index, collection)}
              goesOn={isLast && next !== undefined && cellText(next) === collection.name}
              isOpen={!closed.includes(collection.name)}
              onToggle={(isOpen) =>
                setDraft({ hidden, closed: withMember(closed, collection.name, !isOpen) })
              }
            />
          )
        }}
      />
    </>
  )
}

function rowsOf(
  collections: readonly ItemCollection[],
  hidden: readonly string[],
  closed: readonly string[],
): readonly Row[] {
  return collections.flatMap((collection, i) => {
    const members = collection.members.filter(({ entity }) => !hidden.includes(entity))
    if (members.length === 0) return []
    const shown = { ...collection, members }
    const head: Row = {
      kind: 'collection',
      collection: shown,
      isLast: i === collections.length - 1,
    }
    if (closed.includes(collection.name)) return [head]
    return [head, ...members.map((member): Row => ({ kind: 'member', member }))]
  })
}

const keyOfRow = (row: Row, table: TableDescription): string =>
  row.kind === 'collection'
    ? `collection ${row.collection.name}`
    : `item ${keyText(keyOf(row.member.item, namesOf(table)))}`

/** The address of a query of all items of a collection, in the lens. */
function queryAddress(
  { TableName: tableName = '' }: TableDescription,
  index: string,
  { partition }: ItemCollection,
): string {
  const { S, N, B } = partition
  const partitionValue = S ?? N ?? (B === undefined ? '' : toBase64(B))
  const draft = { ...newRead, mode: 'query' as const, index, partitionValue }
  return addressOf(['tables', tableName, 'items'], { ...readToQuery(draft), view: 'lens' })
}

interface CollectionCellsProps {
  readonly collection: ItemCollection
  readonly address: string
  /** Whether there is more of it on the next page. */
  readonly goesOn: boolean
  readonly isOpen: boolean
  readonly onToggle: (isOpen: boolean) => void
}

function CollectionCells(props: CollectionCellsProps) {
  const { collection, address, goesOn, isOpen, onToggle } = props
  const { name, members } = collection
  const count = members.length === 1 ? '1 item' : `${countText(members.length)} items`
  return (
    <th scope="rowgroup" colSpan={4} class="collection">
      <button
        type="button"
        class="quiet"
        aria-expanded={isOpen}
        aria-label={`Item collection ${name}`}
        onClick={() => onToggle(!isOpen)}
      >
        <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {name}
      </button>{' '}
      <span>
        {count}
        {goesOn ? ', more on the next page' : ''}
      </span>{' '}
      <a href={address} aria-label={`Query ${name}`}>
        Query
      </a>
    </th>
  )
}

interface MemberCellsProps extends Member {
  readonly table: TableDescription
  readonly keyNames: KeyNames
}

function MemberCells({ item, entity, table, keyNames }: MemberCellsProps) {
  const { partitionKey, sortKey } = keyNames
  const own = namesOf(table)
  const address = addressOf(['tables', table.TableName ?? '', 'item'], {
    key: keyText(keyOf(item, own)),
  })
  const others = Object.entries(item).filter(([name]) => name !== partitionKey && name !== sortKey)
  return (
    <>
      <td>
        <a href={address} aria-label={`Open ${nameOf(item, own)}`}>
          Open
        </a>
      </td>
      <td>{entity}</td>
      <th scope="row">{cellText(item[sortKey ?? partitionKey])}</th>
      <td>{others.map(([name, value]) => `${name}: ${cellText(value)}`).join(', ')}</td>
    </>
  )
}
