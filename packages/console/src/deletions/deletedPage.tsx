import { useEffect, useState } from 'preact/hooks'
import { clientFor, keysOfNamespace, type Connection } from '../database/connection.ts'
import { forgetCopy, keptCopies, onKept, type KeptCopy } from '../kept/keptCopies.ts'
import { addressOf } from '../navigation/route.ts'
import { notifyError, textOf } from '../parts/notices.tsx'
import { itemsText, putBackKept } from './putBack.ts'
import { Failure } from '../parts/failure.tsx'

/** What has been deleted and can be put back, over a reload as well. */
export function DeletedPage({ connection }: { readonly connection: Connection }) {
  const { copies, failure } = useCopies()
  return (
    <div class="page">
      <h1>Deleted</h1>
      <p>
        This browser keeps what its console deletes for a day, so that it can be put back. Nobody
        else sees it.
      </p>
      <Failure text={failure} />
      {copies?.length === 0 && <p role="status">There is nothing to put back.</p>}
      {copies !== undefined && copies.length > 0 && (
        <ul class="kept" aria-label="Deleted">
          {copies.map((copy) => (
            <CopyLine key={copy.id} copy={copy} connection={connection} />
          ))}
        </ul>
      )}
    </div>
  )
}

function useCopies() {
  const [copies, setCopies] = useState<readonly KeptCopy[]>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    const load = (): void => {
      keptCopies().then(setCopies, (error: unknown) => setFailure(textOf(error)))
    }
    load()
    return onKept(load)
  }, [])
  return { copies, failure }
}

function CopyLine({ copy, connection }: { copy: KeptCopy; connection: Connection }) {
  const { id = 0, tableName, namespace, at } = copy
  const what =
    copy.kind === 'table'
      ? `Table ${tableName} with ${itemsText(copy.count)}`
      : `${itemsText(copy.items.length)} of ${tableName}`
  return (
    <li>
      <span>
        {what}
        {namespace === undefined ? '' : ` (${namespace})`}, {new Date(at).toLocaleString('en')}
      </span>
      <div class="actions">
        <button
          type="button"
          aria-label={`Put back: ${what}`}
          onClick={() => void putBack(connection, copy)}
        >
          Put back
        </button>
        <button
          type="button"
          aria-label={`Forget: ${what}`}
          onClick={() => void forgetCopy(id).catch(notifyError)}
        >
          Forget
        </button>
        {copy.kind === 'items' && namespace === connection.namespace && (
          <a href={addressOf(['tables', tableName, 'items'])}>Items of {tableName}</a>
        )}
      </div>
    </li>
  )
}

/** A copy goes back into the database that it is of, whichever is looked at. */
async function putBack(connection: Connection, copy: KeptCopy): Promise<void> {
  const { id = 0, namespace } = copy
  const isHere = namespace === connection.namespace
  const client = isHere ? undefined : clientFor(connection.about, keysOfNamespace(namespace))
  const there = client === undefined ? connection : { ...connection, client, namespace }
  await putBackKept(there, id).catch(notifyError)
  client?.destroy()
}
