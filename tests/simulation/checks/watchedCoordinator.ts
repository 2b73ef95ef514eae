import type { ItemImage } from '../../../packages/server/src/items/itemImage.ts'
import {
  Coordinator,
  type CoordinatorOptions,
} from '../../../packages/server/src/transactions/coordinator.ts'
import type { TellOutcome } from '../../../packages/server/src/transactions/batchWrites.ts'
import type {
  InvalidAction,
  ReadAction,
  TransactionPlan,
  TransactionResult,
  WriteAction,
  WriteResult,
} from '../../../packages/server/src/transactions/writePlan.ts'

/** Told of everything that a coordinator is asked for, in the order in which it settles. */
export interface CoordinatorWatch {
  writeBegins(action: WriteAction): Watched<WriteResult>
  /** A write of the service, which nobody has asked for. */
  expiryBegins(action: WriteAction): Watched<WriteResult>
  transactionBegins(plan: TransactionPlan): Watched<TransactionResult>
  readBegins(actions: readonly (ReadAction | InvalidAction)[]): Watched<unknown>
}

export interface Watched<T> {
  done(result: T): void
  refused(error: unknown): void
}

/**
 * The coordinator as it is, with somebody who watches. INVARIANT: writes of one item settle in the
 * order in which they took effect, so the order in which the watch is told is one that explains all
 * answers.
 */
export class WatchedCoordinator extends Coordinator {
  readonly #watch: CoordinatorWatch
  readonly #settled: Promise<void>

  /** The service writes nothing before `settled`: what was found at a start stays as it is. */
  constructor(options: CoordinatorOptions, watch: CoordinatorWatch, settled: Promise<void>) {
    super(options)
    this.#watch = watch
    this.#settled = settled
  }

  override write(action: WriteAction): Promise<WriteResult> {
    if (action.byService === true) return this.#writeOfService(action)
    return watched(this.#watch.writeBegins(action), super.write(action))
  }

  async #writeOfService(action: WriteAction): Promise<WriteResult> {
    await this.#settled
    return watched(this.#watch.expiryBegins(action), super.write(action))
  }

  override writeOfBatch(action: WriteAction): Promise<WriteResult> {
    return watched(this.#watch.writeBegins(action), super.writeOfBatch(action))
  }

  override writeBatch(actions: readonly WriteAction[], tell: TellOutcome): Promise<void> {
    const watches = actions.map((action) => this.#watch.writeBegins(action))
    return super.writeBatch(actions, (position, outcome) => {
      const watch = watches[position] as Watched<WriteResult>
      if (outcome instanceof Error) watch.refused(outcome)
      else watch.done(outcome)
      tell(position, outcome)
    })
  }

  override transact(plan: TransactionPlan): Promise<TransactionResult> {
    return watched(this.#watch.transactionBegins(plan), super.transact(plan))
  }

  override readTransaction(
    actions: readonly (ReadAction | InvalidAction)[],
  ): Promise<(ItemImage | undefined)[]> {
    const read = async (): Promise<(ItemImage | undefined)[]> => super.readTransaction(actions)
    return watched(this.#watch.readBegins(actions), read())
  }
}

function watched<T>(watch: Watched<NoInfer<T>>, outcome: Promise<T>): Promise<T> {
  outcome.then(
    (result) => watch.done(result),
    (error: unknown) => watch.refused(error),
  )
  return outcome
}
