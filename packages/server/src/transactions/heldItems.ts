import type { WritePath } from './writePath.ts'
import type { TransactionPlan } from './writePlan.ts'

/** The items that a transaction holds, all of them from one moment to another. */
export class HeldItems {
  readonly #path: WritePath
  /** One for each action; undefined for one that is invalid. */
  readonly names: readonly (string | undefined)[]
  #isOver = false
  /** Settles when the single-item writes that were there first are over; undefined without any. */
  readonly drained: Promise<unknown> | undefined

  /** Takes the items of `plan`, an action each. REQUIRES: none of them is held. */
  constructor(path: WritePath, names: readonly (string | undefined)[], plan: TransactionPlan) {
    this.#path = path
    this.names = names
    const drained: Promise<void>[] = []
    for (const name of names) {
      const writes = name === undefined ? undefined : path.claims.hold(name, plan)
      if (writes !== undefined) drained.push(writes)
    }
    path.watcher?.held(plan.actions, names)
    this.drained = drained.length === 0 ? undefined : Promise.all(drained)
  }

  /** Others may have the items. Called again it does nothing. */
  release(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { claims, queue, watcher } = this.#path
    for (const name of this.names) if (name !== undefined) claims.release(name)
    watcher?.released(this.names)
    if (queue.size > 0) queue.released(this.names.filter((name) => name !== undefined))
  }
}
