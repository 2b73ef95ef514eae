import { addressOf } from '../navigation/route.ts'
import type { ToldAction, ToldHolder, ToldKey, ToldMet } from '../database/watch.ts'

/** Who has made a request: `TransactWriteItems by ada`. */
export const whoText = ({ operation, caller }: Pick<ToldHolder, 'operation' | 'caller'>): string =>
  `${nameOf(operation)}${caller === undefined ? '' : ` by ${caller}`}`

/** What no request of the API is. */
const nameOf = (operation: string): string => {
  if (operation === 'hold') return 'a hold of the lab'
  if (operation === 'write') return 'a write of the item'
  return operation === 'time to live' ? 'the removal of an expired item' : operation
}

/** An item by its table and its key, with the way to it. */
export function ItemLink({
  table,
  itemKey,
}: {
  readonly table: string
  readonly itemKey: ToldKey
}) {
  const key = JSON.stringify(itemKey)
  return (
    <a href={addressOf(['tables', table, 'item'], { key })}>
      {table} {key}
    </a>
  )
}

/** A transaction that holds items, or did: what it was doing and to which items. */
export function HolderView({ holder }: { readonly holder: ToldMet }) {
  const { requestId, since, forMs, doing, actions, more = 0 } = holder
  return (
    <>
      <p>
        <strong>{whoText(holder)}</strong>
        {since !== undefined && (
          <span>{`, since ${timeText(since)} (${durationText(forMs ?? 0)}): ${doing}`}</span>
        )}
        {requestId !== undefined && <span class="hint"> Request {requestId}</span>}
      </p>
      <ActionLines actions={actions} more={more} />
    </>
  )
}

interface ActionLinesProps {
  readonly actions: readonly ToldAction[]
  readonly more: number
}

function ActionLines({ actions, more }: ActionLinesProps) {
  return (
    <ul aria-label="Its items">
      {actions.map(({ action, table, key }, i) => (
        <li key={i}>
          {action} <ItemLink table={table} itemKey={key} />
        </li>
      ))}
      {more > 0 && <li>{more} more</li>}
    </ul>
  )
}

/** A moment of today, to the millisecond. */
export const timeText = (iso: string): string =>
  new Date(iso).toLocaleTimeString('en', {
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  })

export const durationText = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`
