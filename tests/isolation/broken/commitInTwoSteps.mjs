import { setTimeout as pause } from 'node:timers/promises'
import { listOfWrites } from '../../../packages/server/dist/storage/engine.js'
import { PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { Expectation, StorageWrites } from '../../../packages/server/dist/storage/engine.js' */

class SteppingEngine extends PassingEngine {
  /**
   * @override
   * @param {readonly Expectation[]} expectations
   * @param {StorageWrites} writes
   */
  async commit(expectations, writes) {
    const [first, ...others] = await listOfWrites(writes)
    await super.commit(expectations, first === undefined ? [] : [first])
    if (others.length === 0) return
    await pause(20)
    await super.commit([], others)
  }
}

await serve({ engine: (engine) => new SteppingEngine(engine) })
