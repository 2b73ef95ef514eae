import type { Tries } from '../commits/retries.ts'
import type { TransactionPlan, WriteAction, WriteResult } from './writePlan.ts'

/** A single-item write that waits for its turn at its item. */
export interface PendingWrite {
  readonly action: WriteAction
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: unknown) => void
  readonly tries: Tries
  /** It was too much for its item collection together with others, and is tried by itself. */
  isAlone: boolean
}

/**
 * An item that somebody is at. INVARIANT: either single-item writes are at work (`writing`) or a
 * transaction holds the item (`held`); both only while the transaction waits for the writes that
 * were there before it, and then no further write may queue.
 */
export interface BusyItem {
  held: boolean
  /** The transaction that holds it, where somebody says so. */
  holder?: TransactionPlan | undefined
  writing: boolean
  /** Single-item writes that have not been handed over yet, in the order of their arrival. */
  waiting: PendingWrite[]
  /** Called once when single-item writes are at work no more. */
  onDrained: (() => void) | undefined
  /**
   * Present while all that is at work has been handed over and may be built upon: lets the writes
   * that wait for that go on, because a transaction waits for them.
   */
  goOn: (() => void) | undefined
  /** A transaction has the item now; all single-item writes had been handed over. */
  isTakenOver: boolean
}

/**
 * Which items somebody is at. Claims are taken for all items of a transaction in one step,
 * and a transaction waits only for single-item writes, which wait for nothing but the store: so
 * there is no deadlock. Where several servers share a store these are the claims of one of them,
 * which save it conflicts with itself; those with others are found by the commits.
 */
export interface Claims {
  find(name: string): BusyItem | undefined
  /** Whether a transaction holds the item, or a single-item write has not been handed over yet. */
  isBusy(name: string): boolean
  /** Whether a transaction holds the item. */
  isHeld(name: string): boolean
  /** Marks an idle item as being written by single-item writes. */
  startWriting(name: string, first: PendingWrite): BusyItem
  /**
   * The single-item writes of an item have all been handed over, and wait for no others. REQUIRES:
   * it has not been taken over.
   */
  endWriting(name: string, item: BusyItem): void
  /**
   * Takes an item for the transaction `holder` and gives a promise when single-item writes are to
   * be waited for. REQUIRES: the item is not held.
   */
  hold(name: string, holder?: TransactionPlan): Promise<void> | undefined
  /** Gives up an item that a transaction held. */
  release(name: string): void
  /** How many items somebody is at. */
  readonly size: number
}

/** The name of an item among claims, from its row key. */
export const nameOfItem = (rowKey: Buffer): string => rowKey.toString('latin1')
