import { useMemo } from 'preact/hooks'
import { VirtualRows } from '../parts/virtualRows.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { typedText } from '../values/typedText.ts'

/** More of a value than this is not shown in a cell. */
const mostCharacters = 200

/** Items with the type of each value. */
export function ResultRows({ items }: { readonly items: readonly Item[] }) {
  const columns = useMemo(() => [...new Set(items.flatMap((item) => Object.keys(item)))], [items])
  if (items.length === 0) return null
  return (
    <VirtualRows
      label="Results"
      head={['#', ...columns]}
      count={items.length}
      keyOf={String}
      row={(i) => (
        <>
          <th scope="row">{i + 1}</th>
          {columns.map((name) => (
            <ResultCell key={name} item={items[i] as Item} name={name} />
          ))}
        </>
      )}
    />
  )
}

function ResultCell({ item, name }: { readonly item: Item; readonly name: string }) {
  const value = Object.hasOwn(item, name) ? item[name] : undefined
  if (value === undefined) return <td />
  const { type, text } = typedText(value)
  const isLong = text.length > mostCharacters
  return (
    <td title={text.slice(0, 2000)}>
      <span class="value-type">{type}</span> {isLong ? `${text.slice(0, mostCharacters)}…` : text}
    </td>
  )
}
