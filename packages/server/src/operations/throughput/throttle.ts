import { readUnitsOfItem } from '../../capacity/readCapacity.ts'
import { ThroughputLimits, type Charge, type TableCharge } from '../../capacity/throughputLimits.ts'
import type { Usage } from '../../capacity/usage.ts'
import type { Clock } from '../../clock.ts'
import { throttled, type Refusal } from '../../errors/throttlingErrors.ts'
import { leastVectorBytes } from '../../limits.ts'
import { partitionHashOf } from '../../items/itemCollection.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import type { ReadTarget } from '../../reads/readTarget.ts'
import type { Table } from '../../schema/table.ts'
import type { TableRecord } from '../../schema/tableRecord.ts'
import type { Coordinator } from '../../transactions/coordinator.ts'
import type {
  InvalidAction,
  ReadAction,
  TransactionPlan,
  TransactionResult,
  WriteAction,
  WriteResult,
} from '../../transactions/writePlan.ts'
import { readTransactionThrottled, writeTransactionThrottled } from './transactionThrottling.ts'
import { writeThrottled, type PerformWrite } from './writeThrottling.ts'

/** What is read and of which partition key: its hash, or none for what is read across keys. */
export interface ReadPlace extends ReadTarget {
  readonly hash: number | undefined
  readonly consistentRead: boolean | undefined
}

type MaybeImage = ItemImage | undefined

/** What stands between operations and the items that they read and write. */
export interface ItemGate {
  /** Does a read whose answer says what it has cost of one table. Throws when it is throttled. */
  read<Given extends { readonly usage: Usage }>(
    place: ReadPlace,
    perform: () => Given | Promise<Given>,
  ): Given | Promise<Given>
  /** The image of an item that `source` reads. Throws when it is throttled. */
  readItem(
    source: Pick<Coordinator, 'read'>,
    item: ReadAction,
    consistentRead: boolean | undefined,
  ): MaybeImage | Promise<MaybeImage>
  /** The record of a table, with what it is prepared for by the traffic that it has had. */
  warmedRecord(table: Table): TableRecord
  /**
   * Lets the read of an item in that has been found already, and takes `units` for it; or says why
   * not.
   */
  readFound(table: Table, rowKey: Buffer, units: number): Refusal | undefined
  /** Does a write of one item. Rejects when it is throttled, and as `perform` does. */
  write(coordinator: Coordinator, action: WriteAction, perform: PerformWrite): Promise<WriteResult>
  /** A transaction that writes. Rejects as the coordinator does, and when it is throttled. */
  transact(coordinator: Coordinator, plan: TransactionPlan): Promise<TransactionResult>
  /** A transaction that reads. Rejects as the coordinator does, and when it is throttled. */
  readTransaction(
    coordinator: Coordinator,
    actions: readonly (ReadAction | InvalidAction)[],
  ): MaybeImage[] | Promise<MaybeImage[]>
}

/**
 * Where operations ask whether the throughput of a table lets a request in; there is none unless
 * throughput is enforced. A request is let in or refused before its work begins, by what is there;
 * it takes the least that it can cost at once, so that many that come together do not all find the
 * same, and what it has cost beyond that when it is done.
 */
export class Throttle implements ItemGate {
  readonly #limits: ThroughputLimits

  constructor(clock: Clock) {
    this.#limits = new ThroughputLimits(clock)
  }

  read<Given extends { readonly usage: Usage }>(
    place: ReadPlace,
    perform: () => Given | Promise<Given>,
  ): Given | Promise<Given> {
    const least = this.#admitRead(place)
    const settle = (answer: Given): Given => {
      const units = unitsOfRead(place, answer.usage) ?? least
      this.#limits.take(chargeOfRead(place, units - least))
      return answer
    }
    const answer = perform()
    return answer instanceof Promise ? answer.then(settle) : settle(answer)
  }

  /** Takes the least that a read costs, and says how much that is. */
  #admitRead(place: ReadPlace): number {
    const least =
      place.index?.kind === 'vector' ? leastVectorBytes : readUnitsOfItem(0, place.consistentRead)
    const charge = chargeOfRead(place, least)
    const refusal = this.#limits.refusalOf(charge)
    if (refusal !== undefined) throw throttled([refusal])
    this.#limits.take(charge)
    return least
  }

  readItem(
    source: Pick<Coordinator, 'read'>,
    { table, rowKey }: ReadAction,
    consistentRead: boolean | undefined,
  ): MaybeImage | Promise<MaybeImage> {
    const place = { table, index: undefined, hash: partitionHashOf(rowKey), consistentRead }
    const least = this.#admitRead(place)
    const settle = (image: MaybeImage): MaybeImage => {
      const units = readUnitsOfItem(image?.sizeBytes ?? 0, consistentRead)
      this.#limits.take(chargeOfRead(place, units - least))
      return image
    }
    const image = source.read(rowKey)
    return image instanceof Promise ? image.then(settle) : settle(image)
  }

  warmedRecord(table: Table): TableRecord {
    return this.#limits.warmedRecord(table)
  }

  readFound(table: Table, rowKey: Buffer, units: number): Refusal | undefined {
    const hash = partitionHashOf(rowKey)
    const place = { table, index: undefined, hash, consistentRead: undefined }
    const refusal = this.#limits.refusalOf(chargeOfRead(place, units))
    if (refusal === undefined) this.#limits.take(chargeOfRead(place, units))
    return refusal
  }

  write(
    coordinator: Coordinator,
    action: WriteAction,
    perform: PerformWrite,
  ): Promise<WriteResult> {
    return writeThrottled(this.#limits, coordinator, action, perform)
  }

  transact(coordinator: Coordinator, plan: TransactionPlan): Promise<TransactionResult> {
    return writeTransactionThrottled(this.#limits, coordinator, plan)
  }

  readTransaction(
    coordinator: Coordinator,
    actions: readonly (ReadAction | InvalidAction)[],
  ): Promise<(ItemImage | undefined)[]> {
    return readTransactionThrottled(this.#limits, coordinator, actions)
  }
}

/** Units of a read, or bytes of a search. */
function unitsOfRead({ index }: ReadPlace, [usage]: Usage): number | undefined {
  return index?.kind === 'vector' ? usage?.units.indexes[0]?.units : usage?.units.total
}

/** A table pays for its local indexes, and for what is read of it beside them. */
function chargeOfRead({ table, index, hash }: ReadPlace, units: number): TableCharge {
  const indexName = index === undefined || index.kind === 'local' ? undefined : index.name
  const charge: Charge = { indexName, units, hash }
  return { table, kind: 'read', charges: [charge] }
}
