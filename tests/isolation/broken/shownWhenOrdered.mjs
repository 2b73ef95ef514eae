import { ItemImage } from '../../../packages/server/dist/items/itemImage.js'
import { nameOfItem } from '../../../packages/server/dist/transactions/claims.js'
import { Coordinator } from '../../../packages/server/dist/transactions/coordinator.js'
import { OrderedImages } from '../../../packages/server/dist/transactions/orderedImages.js'
import { SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { Bytes } from '../../../packages/server/dist/storage/engine.js' */

/**
 * What writers build on, by the names of items.
 *
 * @type {Map<string, Bytes | undefined>}
 */
const ordered = new Map()

const { note, settled } = OrderedImages.prototype
OrderedImages.prototype.note = function (commit) {
  note.call(this, commit)
  for (const { name, image } of commit.written) ordered.set(name, image?.stored)
}
OrderedImages.prototype.settled = function (commit) {
  settled.call(this, commit)
  for (const { name } of commit.written) ordered.delete(name)
}

const { read } = Coordinator.prototype
Coordinator.prototype.read = function (rowKey) {
  const name = nameOfItem(rowKey)
  return ordered.has(name) ? ItemImage.ofStored(ordered.get(name)) : read.call(this, rowKey)
}

await serve({ engine: (engine) => new SlowEngine(engine, 60) })
