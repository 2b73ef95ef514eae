import type { BusyItem, Claims, PendingWrite } from './claims.ts'
import type { TransactionPlan } from './writePlan.ts'

/** Claims in the memory of one process. An item that nobody is at has no entry. */
export class LocalClaims implements Claims {
  readonly #items = new Map<string, BusyItem>()

  find(name: string): BusyItem | undefined {
    return this.#items.get(name)
  }

  isBusy(name: string): boolean {
    const item = this.#items.get(name)
    return item !== undefined && (item.held || item.waiting.length > 0)
  }

  isHeld(name: string): boolean {
    return this.#items.get(name)?.held === true
  }

  startWriting(name: string, first: PendingWrite): BusyItem {
    const item: BusyItem = {
      held: false,
      holder: undefined,
      writing: true,
      waiting: [first],
      onDrained: undefined,
      goOn: undefined,
      isTakenOver: false,
    }
    this.#items.set(name, item)
    return item
  }

  endWriting(name: string, item: BusyItem): void {
    item.writing = false
    if (!item.held) this.#items.delete(name)
    else item.onDrained?.()
  }

  hold(name: string, holder?: TransactionPlan): Promise<void> | undefined {
    const item = this.#items.get(name)
    if (item === undefined) {
      this.#items.set(name, heldItem(holder))
      return undefined
    }
    if (item.goOn !== undefined && item.waiting.length === 0) {
      item.isTakenOver = true
      this.#items.set(name, heldItem(holder))
      return undefined
    }
    item.held = true
    item.holder = holder
    item.goOn?.()
    return new Promise((resolve) => {
      item.onDrained = resolve
    })
  }

  release(name: string): void {
    this.#items.delete(name)
  }

  get size(): number {
    return this.#items.size
  }
}

const heldItem = (holder: TransactionPlan | undefined): BusyItem => ({
  held: true,
  holder,
  writing: false,
  waiting: [],
  onDrained: undefined,
  goOn: undefined,
  isTakenOver: false,
})
