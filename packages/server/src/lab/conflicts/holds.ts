import { ApiError } from '../../errors/apiError.ts'
import { controlConflict, controlNotFound } from '../../errors/controlErrors.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import { maxLabHolds } from '../../limits.ts'
import type { Services } from '../../operations/services.ts'
import type { PointName } from '../../transactions/points.ts'
import type { WriteAction } from '../../transactions/writePlan.ts'
import { canonicalKey } from '../matchRequest.ts'
import { TrackedRequest } from '../watch/trackedRequest.ts'
import type { RequestWatch } from '../watch/requestWatch.ts'
import type { Hold, ItemName } from './stop.ts'

interface HoldInForce {
  readonly hold: Hold
  readonly release: () => void
  /** Settles when the transaction is over; never rejects. */
  readonly over: Promise<unknown>
}

/** Where the transaction of a hold waits, and who is told that it does. */
interface Waiting {
  readonly held: () => void
  readonly released: Promise<void>
}

/** Transactions of the lab's own, that check nothing and hold items for as long as is wanted. */
export class Holds {
  readonly #holds = new Map<string, HoldInForce>()
  readonly #waiting = new WeakMap<TrackedRequest, Waiting>()
  readonly #nowMs: () => number
  #last = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Resolves when the items are held. Rejects with a ControlError when some are already. */
  async add(services: Services, watch: RequestWatch, items: readonly ItemName[]): Promise<Hold> {
    if (this.#holds.size >= maxLabHolds) throw controlConflict(`There are ${maxLabHolds} already.`)
    const actions = items.map((item) => actionOf(services, item))
    const request = new TrackedRequest('hold', this.#nowMs())
    let release = (): void => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    let held = (): void => {}
    const isHeld = new Promise<void>((resolve) => (held = resolve))
    this.#waiting.set(request, { held, released })
    const outcome = watch.run(request, () =>
      services.coordinator.transact({ actions, token: undefined }),
    )
    const over = outcome.catch(() => undefined)
    await Promise.race([isHeld, outcome]).catch((error: unknown) => {
      throw refusalOf(error)
    })
    this.#last += 1
    const id = String(this.#last)
    const hold = { id, items, since: new Date(this.#nowMs()).toISOString() }
    this.#holds.set(id, { hold, release, over })
    return hold
  }

  list(): readonly Hold[] {
    return [...this.#holds.values()].map(({ hold }) => hold)
  }

  /** Resolves when others may have the items. Rejects with a ControlError. */
  async remove(id: string): Promise<void> {
    const hold = this.#holds.get(id)
    if (hold === undefined) throw controlNotFound(`hold ${id}`)
    this.#holds.delete(id)
    hold.release()
    await hold.over
  }

  clear(): void {
    for (const { release } of this.#holds.values()) release()
    this.#holds.clear()
  }

  /** A promise that the transaction of a hold waits for; undefined for all others. */
  at(request: TrackedRequest, point: PointName): Promise<void> | undefined {
    const waiting = point === 'claimed' ? this.#waiting.get(request) : undefined
    waiting?.held()
    return waiting?.released
  }
}

/** A check without a condition: it holds its item and does nothing to it. */
function actionOf({ catalog }: Services, { table: name, key: given }: ItemName): WriteAction {
  const table = catalog.tableForData(name)
  const key = canonicalKey(given)
  const rowKey = rowKeyOfKey(table, key)
  const change = { kind: 'ConditionCheck' } as const
  return { table, key, rowKey, condition: undefined, change, returnOldOnFailure: false }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof ApiError && error.kind.name === 'TransactionCanceledException') {
    return controlConflict('A transaction holds one of the items already.')
  }
  return error
}
