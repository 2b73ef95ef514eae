import { setTimeout as pause } from 'node:timers/promises'
import { listOfWrites } from '../../../packages/server/dist/storage/engine.js'
import { PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { Bytes, Expectation, StorageWrites } from '../../../packages/server/dist/storage/engine.js' */

/** @param {Bytes} key */
const nameOf = (key) => Buffer.from(key).toString('latin1')

/** Shows what a commit writes while it is being made. One is made at a time. */
class IndiscreetEngine extends PassingEngine {
  /** @type {Map<string, Bytes | undefined>} */
  #early = new Map()

  /** @override @param {Bytes} key */
  get(key) {
    const name = nameOf(key)
    return this.#early.has(name) ? this.#early.get(name) : super.get(key)
  }

  /**
   * @override
   * @param {readonly Expectation[]} expectations
   * @param {StorageWrites} writes
   */
  async commit(expectations, writes) {
    const list = await listOfWrites(writes)
    for (const { key, value } of list) this.#early.set(nameOf(key), value)
    try {
      await pause(60)
      await super.commit(expectations, list)
    } finally {
      this.#early.clear()
    }
  }
}

await serve({ engine: (engine) => new IndiscreetEngine(engine) })
