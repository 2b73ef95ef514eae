import { vi } from 'vitest'
import { ItemImage } from '../../../packages/server/src/items/itemImage.ts'
import { nameOfItem } from '../../../packages/server/src/transactions/claims.ts'
import { Coordinator } from '../../../packages/server/src/transactions/coordinator.ts'
import { OrderedImages } from '../../../packages/server/src/transactions/orderedImages.ts'

/** From now on GetItem shows what writers build on, before it is durable. */
export function showOrdered(): void {
  const ordered = new Map<string, ItemImage | undefined>()
  const { note } = OrderedImages.prototype
  vi.spyOn(OrderedImages.prototype, 'note').mockImplementation(function (
    this: OrderedImages,
    written,
    commit,
  ) {
    note.call(this, written, commit)
    const names = written.map(({ rowKey }) => nameOfItem(rowKey))
    written.forEach(({ image }, i) => ordered.set(names[i] as string, image))
    void commit.settled.then(() => names.forEach((name) => ordered.delete(name)))
  })
  const { read } = Coordinator.prototype
  vi.spyOn(Coordinator.prototype, 'read').mockImplementation(function (this: Coordinator, rowKey) {
    const name = nameOfItem(rowKey)
    return ordered.has(name)
      ? ItemImage.ofStored(ordered.get(name)?.stored)
      : read.call(this, rowKey)
  })
}
