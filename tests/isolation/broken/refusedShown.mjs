import { setTimeout as pause } from 'node:timers/promises'
import { nameOfItem } from '../../../packages/server/dist/transactions/claims.js'
import { PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { PassingWrite } from '../../../packages/server/dist/transactions/points.js' */
/** @import { Bytes } from '../../../packages/server/dist/storage/engine.js' */

/**
 * What transactions would have written that are being refused, by the names of items.
 *
 * @type {Map<string, Bytes | undefined>}
 */
const refused = new Map()

class IndiscreetEngine extends PassingEngine {
  /** @override @param {Bytes} key */
  get(key) {
    const name = nameOfItem(Buffer.from(key))
    return refused.has(name) ? refused.get(name) : super.get(key)
  }
}

/** @param {PassingWrite} write */
async function showForAMoment({ actions, results = [] }) {
  /** @type {string[]} */
  const names = []
  for (const [i, action] of actions.entries()) {
    const result = results[i]
    if ('invalid' in action || result === undefined || result instanceof Error) continue
    const name = nameOfItem(action.rowKey)
    names.push(name)
    refused.set(name, result.after?.stored)
  }
  await pause(10)
  for (const name of names) refused.delete(name)
}

await serve({
  engine: (engine) => new IndiscreetEngine(engine),
  points: {
    at(point, write) {
      const isRefused = write.reasons?.some(({ Code }) => Code !== 'None') === true
      return point === 'judged' && isRefused ? showForAMoment(write) : undefined
    },
  },
})
