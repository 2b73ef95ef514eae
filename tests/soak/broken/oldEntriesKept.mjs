import { isIndexEntry, LosingEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { StorageWrite } from '../../../packages/server/dist/storage/engine.js' */

/** @param {StorageWrite} write */
const removesEntry = ({ key, value }) => isIndexEntry(key) && value === undefined

let removals = 0

await serve({
  engine: (engine) => {
    return new LosingEngine(engine, (write) => removesEntry(write) && ++removals % 100 === 0)
  },
})
