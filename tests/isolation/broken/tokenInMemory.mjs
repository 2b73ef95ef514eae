import { setTimeout as pause } from 'node:timers/promises'
import { listOfWrites } from '../../../packages/server/dist/storage/engine.js'
import { isToken, PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { PassingWrite } from '../../../packages/server/dist/transactions/points.js' */
/** @import { Bytes, Expectation, StorageWrites } from '../../../packages/server/dist/storage/engine.js' */

/** @param {Bytes} key */
const nameOf = (key) => Buffer.from(key).toString('latin1')

/** Keeps tokens as long as it lives. */
class ForgetfulEngine extends PassingEngine {
  /** @type {Map<string, Bytes | undefined>} */
  #tokens = new Map()

  /** @override @param {readonly Bytes[]} keys */
  read(keys) {
    if (!keys.some(isToken)) return super.read(keys)
    return keys.map((key) => {
      const value = this.#tokens.get(nameOf(key))
      return value && { value, version: this.versionOf(value) }
    })
  }

  /**
   * @override
   * @param {readonly Expectation[]} expectations
   * @param {StorageWrites} writes
   */
  async commit(expectations, writes) {
    const list = await listOfWrites(writes)
    await super.commit(
      expectations.filter(({ key }) => !isToken(key)),
      list.filter(({ key }) => !isToken(key)),
    )
    for (const { key, value } of list) if (isToken(key)) this.#tokens.set(nameOf(key), value)
  }
}

/** @type {WeakSet<PassingWrite>} */
const done = new WeakSet()

await serve({
  engine: (engine) => new ForgetfulEngine(engine),
  points: {
    // Many transactions are committed and not answered when the server is killed.
    at(point, write) {
      if (point === 'durable' && write.kind === 'transaction') done.add(write)
      return point === 'answered' && done.has(write) ? pause(150) : undefined
    },
  },
})
