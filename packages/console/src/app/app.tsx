import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { chosenNamespace, chooseNamespace, onNamespace } from '../database/chosenNamespace.ts'
import {
  askAbout,
  clientFor,
  keysOfNamespace,
  type About,
  type Connection,
  type Keys,
} from '../database/connection.ts'
import { keepWatch } from '../database/watch.ts'
import { ChoiceField } from '../parts/field.tsx'
import { Works } from '../parts/works.tsx'
import { AskKeys } from './askKeys.tsx'
import { Notices, textOf } from '../parts/notices.tsx'
import { Pages } from './pages.tsx'
import { addressOf, useRoute, type Route } from '../navigation/route.ts'
import { chooseTheme, chosenTheme, themes, type Theme } from './theme.ts'
import { Failure } from '../parts/failure.tsx'

/** The whole page: what is always there around the page of a route. */
export function App() {
  const route = useRoute()
  const { about, failure } = useAbout()
  const [keys, setKeys] = useState<Keys>()
  const namespace = useNamespace(about)
  const connection = useConnection(about, keys, namespace)
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to content
      </a>
      <Head about={about} namespace={namespace} route={route} />
      <main id="main" tabIndex={-1}>
        <Failure text={failure} />
        {about?.needsKeys === true && keys === undefined && <AskKeys onKeys={setKeys} />}
        {connection !== undefined && <Pages route={route} connection={connection} />}
      </main>
      <Works />
      <Notices />
    </>
  )
}

/** The hash of the address is the route's, so that the browser cannot go there by itself. */
function skipToMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

/** The first part of the address of each page that is always a step away. */
const mainPages: readonly (readonly [string, string])[] = [
  ['tables', 'Tables'],
  ['transactions', 'Transactions'],
  ['partiql', 'PartiQL'],
  ['streams', 'Streams'],
  ['metrics', 'Metrics'],
  ['lab', 'Lab'],
  ['learn', 'Learn'],
  ['deleted', 'Deleted'],
]

interface HeadProps {
  readonly about: About | undefined
  readonly namespace: string | undefined
  readonly route: Route
}

function Head({ about, namespace, route }: HeadProps) {
  const [theme, setTheme] = useState<Theme>(chosenTheme)
  return (
    <header class="head">
      <a class="brand" href={addressOf(['tables'])}>
        Dynatom
      </a>
      <nav aria-label="Main">
        {mainPages.map(([page, title]) => (
          <a
            key={page}
            href={addressOf([page])}
            aria-current={route.path[0] === page ? 'page' : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <div class="head-end">
        {about !== undefined && !about.needsKeys && (
          <ChoiceField
            label="Database"
            value={namespace ?? ''}
            choices={databasesOf(about, namespace)}
            onChoose={(name) => chooseNamespace(name === '' ? undefined : name)}
          />
        )}
        <ChoiceField
          label="Theme"
          value={theme}
          choices={themes}
          onChoose={(chosen) => {
            setTheme(chosen)
            chooseTheme(chosen)
          }}
        />
        {about !== undefined && (
          <span class="about">
            {about.version} · {about.region}
          </span>
        )}
      </div>
    </header>
  )
}

function databasesOf(
  { namespaces }: About,
  chosen: string | undefined,
): readonly (readonly [string, string])[] {
  const all =
    chosen === undefined || namespaces.includes(chosen) ? namespaces : [...namespaces, chosen]
  return [['', 'Main'], ...all.map((name) => [name, name] as const)]
}

function useAbout() {
  const [about, setAbout] = useState<About>()
  const [failure, setFailure] = useState<string>()
  useEffect(() => {
    askAbout().then(setAbout, (error: unknown) => setFailure(textOf(error)))
  }, [])
  return { about, failure }
}

/** Where keys are verified there are no namespaces. */
function useNamespace(about: About | undefined): string | undefined {
  const [namespace, setNamespace] = useState(chosenNamespace)
  useLayoutEffect(() => onNamespace(() => setNamespace(chosenNamespace())), [])
  return about?.needsKeys === true ? undefined : namespace
}

/** Undefined while the server, or somebody's keys, are waited for. */
function useConnection(
  about: About | undefined,
  keys: Keys | undefined,
  namespace: string | undefined,
): Connection | undefined {
  const connection = useMemo(() => {
    if (about === undefined || (about.needsKeys && keys === undefined)) return undefined
    const client = clientFor(about, keys ?? keysOfNamespace(namespace))
    return { about, client, namespace }
  }, [about, keys, namespace])
  useEffect(() => () => connection?.client.destroy(), [connection])
  useEffect(() => connection && keepWatch(connection), [connection])
  return connection
}
