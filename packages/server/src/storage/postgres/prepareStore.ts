import { StorageFailure, StoreUnavailable } from '../engine.ts'
import type { Connections, Lent } from './connections.ts'
import { storeLock } from './lockNumbers.ts'
import { requireInPlace } from './movingNote.ts'
import { operatorSentence, unavailableSentence } from './operatorSentence.ts'
import type { PostgresSettings } from './postgresSettings.ts'
import { quoted } from './quoted.ts'
import { leastServerVersion, schemaText, schemaVersion } from './schema.ts'

/**
 * Waits for a leader and makes the tables of the store where they are not there yet. Rejects with
 * StoreUnavailable and a sentence for the operator.
 */
export async function prepareStore(
  connections: Connections,
  settings: PostgresSettings,
): Promise<void> {
  let lent: Lent
  try {
    await connections.begin()
    lent = await connections.lend('statements')
  } catch (error) {
    if (!(error instanceof StorageFailure)) throw error
    throw new StoreUnavailable(unavailableSentence(settings, connections.lastSearch))
  }
  try {
    await requireVersion(lent)
    // Two servers that start at once make one store.
    await lent.ask({ text: 'BEGIN' })
    const lock = String(storeLock(settings.schema))
    await lent.ask({ text: 'SELECT pg_advisory_xact_lock($1)', values: [lock] })
    const isOld = await isThere(lent, settings)
    if (isOld) await requireInPlace((statement) => lent.ask(statement), settings)
    if (isOld) await requireUsable(lent, settings)
    else if (settings.mustBeThere) throw new StoreUnavailable(absent(settings))
    else await lent.ask({ text: schemaText(settings.schema) })
    await lent.ask({ text: 'COMMIT' })
    lent.release(false)
  } catch (error) {
    lent.release(true)
    if (error instanceof StoreUnavailable) throw error
    throw new StoreUnavailable(operatorSentence(settings, error))
  }
}

async function requireVersion(lent: Lent): Promise<void> {
  const [row] = await lent.ask({
    text: `SELECT current_setting('server_version_num'), current_setting('server_version')`,
  })
  const [number, name] = row ?? []
  if (Number(number) >= leastServerVersion) return
  throw new StoreUnavailable(`PostgreSQL must be of version 15 or later; this one is ${name}.`)
}

async function isThere(lent: Lent, { schema }: PostgresSettings): Promise<boolean> {
  const [row] = await lent.ask({
    text: `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables
      WHERE schemaname = $1 AND tablename = 'store')`,
    values: [schema],
  })
  return row?.[0] === 't'
}

const absent = ({ schema, database }: PostgresSettings): string =>
  `There is no store in the schema ${schema} of the database ${database}.`

async function requireUsable(
  lent: Lent,
  { schema, user, isMoving }: PostgresSettings,
): Promise<void> {
  const [row] = await lent.ask({ text: `SELECT version FROM ${quoted(schema)}.store` })
  const version = row?.[0]
  if (version !== String(schemaVersion)) {
    throw new StoreUnavailable(
      `The schema ${schema} in PostgreSQL has a store of form ${version}; ` +
        `this version of Dynatom knows form ${schemaVersion}.`,
    )
  }
  // Its owner alone can move it, and where it was given up it has no entries.
  if (isMoving) return
  const [rights] = await lent.ask({
    text: `SELECT bool_and(has_table_privilege(t, p)) FROM
      unnest(ARRAY[$1, $2]) AS t, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p`,
    values: [`${quoted(schema)}.entries`, `${quoted(schema)}.done`],
  })
  if (rights?.[0] === 't') return
  throw new StoreUnavailable(
    `The user ${user} of PostgreSQL may not read and write the tables of the schema ${schema}.`,
  )
}
