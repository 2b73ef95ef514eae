/**
 * A process of its own that reads one item over some connections, one request in flight on each, until
 * its parent sends a message, so that the latencies have nothing of the work of the parent. Arguments:
 * the server's port and the number of connections. Sends 'ready', and in the end every read as
 * `[startMs, latencyMs]`, since the epoch.
 */
import { performance } from 'node:perf_hooks'
import { LoadConnection } from './loadConnection.mjs'
import { RequestPool } from './requestPool.mjs'

const [port, connections] = process.argv.slice(2).map(Number)
const body = { TableName: 'Small', Key: { pk: { S: 'a' } } }
const pool = new RequestPool({ operation: 'GetItem', bodies: () => [body] }, { port })
const reads = []
let isOver = false

function readOn() {
  return new Promise((resolve, reject) => {
    let sentMs = 0
    const send = () => {
      sentMs = performance.now()
      connection.send(pool.next())
    }
    const connection = new LoadConnection(port, {
      onResponse: (status) => {
        if (status !== 200) return reject(new Error(`GetItem: ${status}`))
        reads.push([performance.timeOrigin + sentMs, performance.now() - sentMs])
        if (!isOver) return send()
        connection.close()
        resolve()
      },
      onFailure: reject,
    })
    connection.opened().then(send, reject)
  })
}

process.once('message', () => (isOver = true))
process.send('ready')
await Promise.all(Array.from({ length: connections }, readOn))
process.send(reads, () => process.disconnect())
