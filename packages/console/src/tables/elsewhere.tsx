import { useState } from 'preact/hooks'
import { textOf } from '../parts/notices.tsx'
import { clientFor, keysOfNamespace, type Connection } from '../database/connection.ts'
import { listTables } from '../database/tables.ts'
import { chooseNamespace } from '../database/chosenNamespace.ts'

interface Place {
  readonly namespace: string | undefined
  readonly names: readonly string[]
}

/**
 * "Where are my tables?": a server has one Region and one account, and every Region that a client
 * names is that one; but a key `dynatom-NAME` leads to a database of its own.
 */
export function Elsewhere(props: { readonly connection: Connection; readonly isEmpty: boolean }) {
  const { connection, isEmpty } = props
  const [places, setPlaces] = useState<readonly Place[]>()
  const [failure, setFailure] = useState<string>()
  const look = (): void => {
    setFailure(undefined)
    placesOf(connection).then(setPlaces, (error: unknown) => setFailure(textOf(error)))
  }
  return (
    <details
      class="elsewhere"
      open={isEmpty}
      onToggle={(event) => event.currentTarget.open && places === undefined && look()}
    >
      <summary>Where are my tables?</summary>
      <p>{explanationOf(connection)}</p>
      {failure !== undefined && <p role="alert">{failure}</p>}
      {places !== undefined && <PlaceList places={places} connection={connection} />}
    </details>
  )
}

function explanationOf({ about }: Connection): string {
  const region =
    `This server has one Region, ${about.region}, and shows its tables whatever Region a ` +
    'client names.'
  if (about.needsKeys) {
    return `${region} Which of them a key may list its policies say: another key may show more.`
  }
  return (
    `${region} A client with the access key id dynatom-NAME has a database of its own, the ` +
    'namespace NAME; all other keys share the main database.'
  )
}

function PlaceList({ places, connection }: { places: readonly Place[]; connection: Connection }) {
  const others = places.filter(({ namespace }) => namespace !== connection.namespace)
  if (others.length === 0) return <p>There is no other database in this server.</p>
  return (
    <ul>
      {others.map(({ namespace, names }) => (
        <li key={namespace ?? ''}>
          <button type="button" onClick={() => chooseNamespace(namespace)}>
            {namespace === undefined ? 'Main database' : `Namespace ${namespace}`}
          </button>{' '}
          {shortList(names)}
        </li>
      ))}
    </ul>
  )
}

function shortList(names: readonly string[]): string {
  if (names.length === 0) return 'has no tables'
  const first = names.slice(0, 5).join(', ')
  return names.length > 5 ? `has ${first} and ${names.length - 5} more` : `has ${first}`
}

/** The databases of the server with the names of their tables. */
async function placesOf({ about }: Connection): Promise<readonly Place[]> {
  if (about.needsKeys) return []
  const { signal } = new AbortController()
  const databases = [undefined, ...about.namespaces]
  return Promise.all(
    databases.map(async (namespace) => {
      const client = clientFor(about, keysOfNamespace(namespace))
      try {
        return { namespace, names: await listTables(client, signal) }
      } finally {
        client.destroy()
      }
    }),
  )
}
