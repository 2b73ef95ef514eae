import { isRow, PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { Bytes } from '../../../packages/server/dist/storage/engine.js' */

/** Gives single items as they were a moment ago: GetItem asks for them one by one, nobody else. */
class RememberingEngine extends PassingEngine {
  /** @type {Map<string, ReturnType<PassingEngine['get']>>} */
  #remembered = new Map()

  /** @override @param {Bytes} key */
  get(key) {
    if (!isRow(key)) return super.get(key)
    const name = Buffer.from(key).toString('latin1')
    if (!this.#remembered.has(name)) {
      this.#remembered.set(name, super.get(key))
      setTimeout(() => this.#remembered.delete(name), 60)
    }
    return this.#remembered.get(name)
  }
}

await serve({ engine: (engine) => new RememberingEngine(engine) })
