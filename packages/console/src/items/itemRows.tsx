import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { useMemo } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { addressOf } from '../navigation/route.ts'
import { useDraft } from '../parts/draft.ts'
import { CheckField } from '../parts/field.tsx'
import { VirtualRows } from '../parts/virtualRows.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { ChosenItems } from './chosenItems.tsx'
import { keyOf, keyText } from './itemChange.ts'
import { cellText, columnsOf } from './itemText.ts'
import { keyNamesOf } from './readInput.ts'

export interface ItemRowsProps {
  readonly connection: Connection
  readonly table: TableDescription
  readonly items: readonly Item[]
  readonly onChanged: () => void
}

/** Items as rows of a table, with a choice of columns, and of items that are deleted together. */
export function ItemRows({ connection, table, items, onChanged }: ItemRowsProps) {
  const { TableName: tableName = '' } = table
  const place = `${connection.namespace ?? ''}:${tableName}`
  const keyNames = namesOf(table)
  const columns = useMemo(() => columnsOf(items, keyNames), [items, table])
  const [hidden, setHidden] = useDraft<readonly string[]>(`columns:${place}`, [])
  const [chosen, setChosen] = useDraft<readonly string[]>(`chosen:${place}`, [])
  const isChosen = useMemo(() => new Set(chosen), [chosen])
  const shown = columns.filter((name) => !hidden.includes(name))
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
          keys: keys.filter((_, i) => isChosen.has(texts[i] as string)),
        }}
        onChooseAll={(isAll) => setChosen(isAll ? texts : [])}
        onDeleted={() => {
          setChosen([])
          onChanged()
        }}
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
              name={nameOf(items[i] as Item, keyNames)}
              address={addressOf(['tables', tableName, 'item'], { key: text })}
              isChosen={isChosen.has(text)}
              onChoose={(isIn) => setChosen(withMember(chosen, text, isIn))}
            />
          )
        }}
      />
    </>
  )
}

/** The key attributes of a table, that of the partition key first. */
export function namesOf(table: TableDescription): readonly string[] {
  const { partitionKey, sortKey } = keyNamesOf(table, '')
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
}

/** What an item is called: the values of its key. */
export const nameOf = (item: Item, keyNames: readonly string[]): string =>
  keyNames.map((name) => cellText(item[name])).join(' ')

/** A list with or without a member. */
export function withMember(
  list: readonly string[],
  member: string,
  isIn: boolean,
): readonly string[] {
  const others = list.filter((each) => each !== member)
  return isIn ? [...others, member] : others
}

interface ItemCellsProps {
  readonly item: Item
  readonly columns: readonly string[]
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
  readonly hidden: readonly string[]
  readonly onChange: (hidden: readonly string[]) => void
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
            checked={!hidden.includes(name)}
            onCheck={(isShown) => onChange(withMember(hidden, name, !isShown))}
          />
        ))}
      </div>
    </details>
  )
}
