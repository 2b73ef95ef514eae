#!/bin/sh
# Subject:   end() of the connection pool of pg while somebody waits for a connection.
# Versions:  pg 8.23.1 with pg-pool 3.14.0; the server is @electric-sql/pglite 0.5.14 with pglite-socket 0.2.17.
# Behaviour: who waits for a new connection to be made is given it after end() was called, and end() waits for him. Who waits
#            until another gives one back is forgotten: his connect() never settles, although end() resolves. Only
#            connectionTimeoutMillis, which is off as long as nobody sets it, tells him in the end.
# Seen:      for a new one: connected, end resolves afterwards
#            for one that is given back: unsettled a second after end has resolved
#            the same with connectionTimeoutMillis: rejected with "timeout exceeded when trying to connect"

. "$(dirname "$0")/means/begin.sh"
install_npm pg@8.23.1 pg-pool@3.14.0 @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17

cat > subject.mjs <<'END'
import { setTimeout as delay } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import pg from 'pg'

const host = '127.0.0.1'
const server = new PGLiteSocketServer({ db: await PGlite.create(), host, port: 0 })
await server.start()
const port = Number(server.getServerConn().split(':').at(-1))
const poolWith = (options) =>
  new pg.Pool({ host, port, user: 'postgres', database: 'postgres', max: 1, ...options })

async function waitForNew() {
  const pool = poolWith({})
  const asked = pool.connect()
  let isEnded = false
  const ended = pool.end().then(() => (isEnded = true))
  const client = await asked
  const { rows } = await client.query('SELECT 2 AS two')
  const before = isEnded ? 'before' : 'afterwards'
  client.release()
  await ended
  return `${rows[0].two === 2 ? 'connected' : 'not connected'}, end resolves ${before}`
}

async function waitForAnothers(options) {
  const pool = poolWith(options)
  const first = await pool.connect()
  let state = 'unsettled a second after end has resolved'
  pool.connect().then(
    () => (state = 'connected'),
    ({ message }) => (state = `rejected with "${message}"`),
  )
  const ended = pool.end()
  first.release()
  await ended
  await delay(1000)
  return state
}

console.log(`for a new one: ${await waitForNew()}`)
console.log(`for one that is given back: ${await waitForAnothers({})}`)
const limited = await waitForAnothers({ connectionTimeoutMillis: 300 })
console.log(`the same with connectionTimeoutMillis: ${limited}`)
await server.stop()
process.exit()
END

expect node subject.mjs <<'END'
for a new one: connected, end resolves afterwards
for one that is given back: unsettled a second after end has resolved
the same with connectionTimeoutMillis: rejected with "timeout exceeded when trying to connect"
END
