import type { BusyItem, Claims, PendingWrite } from './claims.ts'

/** Claims in the memory of one process. An item without unfinished writes has no entry. */
export class LocalClaims implements Claims {
  readonly #items = new Map<string, BusyItem>()

  find(name: string): BusyItem | undefined {
    return this.#items.get(name)
  }

  isBusy(name: string): boolean {
    return this.#items.has(name)
  }

  isHeld(name: string): boolean {
    return this.#items.get(name)?.held === true
  }

  startWriting(name: string, first: PendingWrite): BusyItem {
    const item: BusyItem = {
      held: false,
      writing: true,
      waiting: [first],
      onDrained: undefined,
      onReleased: [],
    }
    this.#items.set(name, item)
    return item
  }

  endWriting(name: string, item: BusyItem): void {
    item.writing = false
    if (!item.held) this.#items.delete(name)
    else item.onDrained?.()
  }

  hold(name: string): Promise<void> | undefined {
    const item = this.#items.get(name)
    if (item === undefined) {
      this.#items.set(name, {
        held: true,
        writing: false,
        waiting: [],
        onDrained: undefined,
        onReleased: [],
      })
      return undefined
    }
    item.held = true
    return new Promise((resolve) => {
      item.onDrained = resolve
    })
  }

  release(name: string): void {
    const item = this.#items.get(name)
    this.#items.delete(name)
    for (const tell of item?.onReleased ?? []) tell()
  }

  get size(): number {
    return this.#items.size
  }
}
