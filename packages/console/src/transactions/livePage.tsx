import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { askWatch, type ToldConflict, type ToldTransactions } from '../database/watch.ts'
import { CheckField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { ExplainForm } from './explainForm.tsx'
import { HolderView, ItemLink, timeText, whoText } from './holderView.tsx'
import { Failure } from '../parts/failure.tsx'

const everyMs = 1000

/** The transactions that have not ended, and what has met whom; again every second. */
export function LivePage({ connection }: { readonly connection: Connection }) {
  const [isFollowing, setFollowing] = useState(true)
  const { told, failure } = useTransactions(connection, isFollowing)
  return (
    <>
      <CheckField label="Look every second" checked={isFollowing} onCheck={setFollowing} />
      <Failure text={failure} />
      {told !== undefined && <Transactions told={told} />}
      <ExplainForm connection={connection} since={told?.since} />
    </>
  )
}

function Transactions({ told }: { readonly told: ToldTransactions }) {
  const { unfinished, conflicts } = told
  return (
    <>
      <p role="status">
        {countText(unfinished.length, 'unfinished transaction')},{' '}
        {countText(conflicts.length, 'conflict')}.
      </p>
      <section aria-labelledby="unfinished">
        <h2 id="unfinished">Unfinished transactions</h2>
        {unfinished.length === 0 && <p>None holds an item just now.</p>}
        <ul class="cards" aria-label="Unfinished transactions">
          {unfinished.map((holder, i) => (
            <li key={holder.requestId ?? i}>
              <HolderView holder={holder} />
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="conflicts">
        <h2 id="conflicts">Conflicts of the last ten minutes</h2>
        {conflicts.length === 0 && <p>Nobody has met anybody.</p>}
        <ul class="cards" aria-label="Conflicts">
          {conflicts.map((conflict) => (
            <li key={`${conflict.refused.requestId} ${conflict.refused.position}`}>
              <ConflictView conflict={conflict} />
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function ConflictView({ conflict }: { readonly conflict: ToldConflict }) {
  const { at, table, key, refused, met } = conflict
  return (
    <>
      <p>
        {timeText(at)}: <strong>{whoText(refused)}</strong> was refused at{' '}
        <ItemLink table={table} itemKey={key} />
        <span class="hint"> Request {refused.requestId}</span>
      </p>
      {met === undefined ? (
        <p>Whom it met is not to be seen.</p>
      ) : (
        <div class="met">
          <p>It met:</p>
          <HolderView holder={met} />
        </div>
      )}
    </>
  )
}

const countText = (count: number, name: string): string =>
  count === 1 ? `1 ${name}` : `${count} ${name}s`

/** While the page is out of sight nothing is asked. */
function useTransactions(connection: Connection, isFollowing: boolean) {
  const [told, setTold] = useState<ToldTransactions>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    async function look(): Promise<void> {
      try {
        if (document.visibilityState === 'visible') {
          const found = await askWatch<ToldTransactions>(connection, '/transactions')
          if (isOver) return
          setTold(found)
        }
        setFailure(undefined)
      } catch (error) {
        if (!isOver) setFailure(textOf(error))
      }
      if (!isOver && isFollowing) timer = setTimeout(() => void look(), everyMs)
    }
    void look()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [connection, isFollowing])
  return { told, failure }
}
