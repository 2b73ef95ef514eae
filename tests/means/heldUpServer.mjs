import { setTimeout as pause } from 'node:timers/promises'
import { serve } from './brokenServer.mjs'

/*
 * The server as it is, but that one in so many of its transactions keeps its items a few milliseconds
 * before it is judged: small ones are done before anybody could meet them.
 */

const oneIn = 4
const mostMs = 10
let transactions = 0

await serve({
  points: {
    at(point, { kind }) {
      if (point !== 'claimed' || kind !== 'transaction') return undefined
      transactions += 1
      return transactions % oneIn === 0 ? pause(transactions % mostMs) : undefined
    },
  },
})
