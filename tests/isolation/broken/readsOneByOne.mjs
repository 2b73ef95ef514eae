import { setTimeout as pause } from 'node:timers/promises'
import { isRow, PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { Bytes } from '../../../packages/server/dist/storage/engine.js' */

/** Gives several items in as many states. */
class DawdlingEngine extends PassingEngine {
  /** @override @param {readonly Bytes[]} keys */
  getMany(keys) {
    return keys.every(isRow) ? this.#oneByOne(keys) : super.getMany(keys)
  }

  /** @param {readonly Bytes[]} keys */
  async #oneByOne(keys) {
    const values = []
    for (const key of keys) {
      values.push(await super.get(key))
      await pause(10)
    }
    return values
  }
}

await serve({ engine: (engine) => new DawdlingEngine(engine) })
