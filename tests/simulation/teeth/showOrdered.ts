import { vi } from 'vitest'
import { ItemImage } from '../../../packages/server/src/items/itemImage.ts'
import { nameOfItem } from '../../../packages/server/src/transactions/claims.ts'
import { Coordinator } from '../../../packages/server/src/transactions/coordinator.ts'
import { OrderedImages } from '../../../packages/server/src/transactions/orderedImages.ts'

/** From now on GetItem shows what writers build on, before it is durable. */
export function showOrdered(): void {
  const ordered = new Map<string, ItemImage | undefined>()
  const { note, settled } = OrderedImages.prototype
  vi.spyOn(OrderedImages.prototype, 'note').mockImplementation(function (
    this: OrderedImages,
    commit,
  ) {
    note.call(this, commit)
    for (const { name, image } of commit.written) ordered.set(name, image)
  })
  vi.spyOn(OrderedImages.prototype, 'settled').mockImplementation(function (
    this: OrderedImages,
    commit,
  ) {
    settled.call(this, commit)
    for (const { name } of commit.written) ordered.delete(name)
  })
  const { read } = Coordinator.prototype
  vi.spyOn(Coordinator.prototype, 'read').mockImplementation(function (this: Coordinator, rowKey) {
    const name = nameOfItem(rowKey)
    return ordered.has(name)
      ? ItemImage.ofStored(ordered.get(name)?.stored)
      : read.call(this, rowKey)
  })
}
