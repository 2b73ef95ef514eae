import { setTimeout as pause } from 'node:timers/promises'
import { listOfWrites } from '../../../packages/server/dist/storage/engine.js'
import { isRow, PassingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { Expectation, StorageWrites } from '../../../packages/server/dist/storage/engine.js' */
/** @import { JournalFile, JournalFiles } from '../../../packages/server/dist/storage/journal/journalFiles.js' */

/** Whether the commit that is being made changes items: the tables of a test must outlive it. */
let areItems = false

class WatchedEngine extends PassingEngine {
  /**
   * @override
   * @param {readonly Expectation[]} expectations
   * @param {StorageWrites} writes
   */
  async commit(expectations, writes) {
    const list = await listOfWrites(writes)
    areItems = list.some(({ key }) => isRow(key))
    await super.commit(expectations, list)
  }
}

/**
 * Tells of writes that are made a while later, in their order.
 *
 * @implements {JournalFile}
 */
class LateFile {
  #file
  /** @type {Promise<void>} */
  #written = Promise.resolve()

  /** @param {JournalFile} file */
  constructor(file) {
    this.#file = file
  }

  /** @param {Buffer} bytes @param {number} offset */
  async write(bytes, offset) {
    const [before, kept] = [this.#written, Buffer.from(bytes)]
    const writeLater = async () => {
      if (areItems) await pause(100)
      await before
      await this.#file.write(kept, offset)
    }
    this.#written = writeLater()
    if (areItems) this.#written.catch(() => undefined)
    else await this.#written
  }

  /** @param {number} length */
  async truncate(length) {
    await this.#written
    await this.#file.truncate(length)
  }

  /** @param {Buffer} target @param {number} offset */
  read(target, offset) {
    this.#file.read(target, offset)
  }

  retain() {
    this.#file.retain()
  }

  async close() {
    await this.#written
    await this.#file.close()
  }
}

/** @param {JournalFiles} files @returns {JournalFiles} */
const lateFiles = (files) => ({
  list: () => files.list(),
  read: (number) => files.read(number),
  open: async (number) => new LateFile(await files.open(number)),
  remove: (number) => files.remove(number),
})

await serve({ engine: (engine) => new WatchedEngine(engine), files: lateFiles })
