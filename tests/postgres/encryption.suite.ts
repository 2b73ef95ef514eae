import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock, systemRandom } from '../../packages/server/src/clock.ts'
import { StoreUnavailable } from '../../packages/server/src/storage/engine.ts'
import { openPostgres } from '../../packages/server/src/storage/postgres/openPostgres.ts'
import type { PostgresEngine } from '../../packages/server/src/storage/postgres/postgresEngine.ts'
import { parsePostgresUrl } from '../../packages/server/src/storage/postgres/postgresUrl.ts'
import { TemporaryCluster } from './temporaryCluster.ts'

/** TLS between server and PostgreSQL, whose certificate is of its address alone. */
let cluster: TemporaryCluster
beforeAll(async () => {
  cluster = await TemporaryCluster.start({ certificateOf: 'IP:127.0.0.1' })
})
afterAll(() => cluster.dispose())

function open(host: string, parameters: string): Promise<PostgresEngine> {
  const { user, password, port, database } = cluster
  const url = `postgres://${user}@${host}:${port}/${database}?${parameters}`
  const surroundings = { clock: systemClock, random: systemRandom, onFault: () => undefined }
  return openPostgres(url, { PGPASSWORD: password }, surroundings)
}

async function isEncrypted(): Promise<unknown> {
  const text = `SELECT bool_and(ssl) AS all FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
    WHERE application_name = 'dynatom'`
  return (await cluster.query(text)).rows[0]?.['all']
}

describe('sslmode=verify-full', () => {
  test('encrypts what goes to a node whose certificate is trusted and of its host', async () => {
    const engine = await open('127.0.0.1', `sslmode=verify-full&sslrootcert=${cluster.certFile}`)
    const key = Buffer.from('k')
    await engine.commit([], [{ key, value: Buffer.from('1') }])
    expect(String(await engine.get(key))).toBe('1')
    expect(await isEncrypted()).toBe(true)
    await engine.close()
  })

  const refused = async (host: string, parameters: string): Promise<string> => {
    const url = `postgres://u@${host}/d?${parameters}`
    expect(parsePostgresUrl(url).tls).toMatchObject({ rejectUnauthorized: true })
    const error: unknown = await open(host, parameters).catch((each: unknown) => each)
    expect(error).toBeInstanceOf(StoreUnavailable)
    return (error as Error).message.replaceAll(String(cluster.port), 'PORT')
  }

  test('refuses a certificate that nobody vouches for', async () => {
    expect(await refused('127.0.0.1', 'sslmode=verify-full')).toBe(
      'The certificate of PostgreSQL at 127.0.0.1:PORT is not taken: self-signed certificate.',
    )
  })

  test('refuses the certificate of another host', async () => {
    expect(
      await refused('localhost', `sslmode=verify-full&sslrootcert=${cluster.certFile}`),
    ).toMatch(
      /^The certificate of PostgreSQL at localhost:PORT is not taken: Hostname\/IP does not match/,
    )
  })
})

test('without it nothing is encrypted on loopback', async () => {
  const engine = await open('127.0.0.1', 'schema=plain')
  expect(await isEncrypted()).toBe(false)
  await engine.close()
})
