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

const { note } = OrderedImages.prototype
OrderedImages.prototype.note = function (written, commit) {
  note.call(this, written, commit)
  for (const { rowKey, image } of written) ordered.set(nameOfItem(rowKey), image?.stored)
  void commit.settled.then(() => {
    for (const { rowKey } of written) ordered.delete(nameOfItem(rowKey))
  })
}

const { read } = Coordinator.prototype
Coordinator.prototype.read = function (rowKey) {
  const name = nameOfItem(rowKey)
  return ordered.has(name) ? ItemImage.ofStored(ordered.get(name)) : read.call(this, rowKey)
}

await serve({ engine: (engine) => new SlowEngine(engine, 60) })
