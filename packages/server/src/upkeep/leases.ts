import type { Expectation } from '../storage/engine.ts'

/** The right to do one piece of background work, as long as it is held. */
export interface Lease {
  /** False once it has run out or was given to another server: the work must stop then. */
  readonly isHeld: boolean
  /**
   * What every commit of the work relies on, so that one that comes too late, when the lease has
   * gone to somebody else, is refused by the store.
   */
  readonly fence: readonly Expectation[]
  release(): Promise<void>
}

/**
 * Who may do which background work. Where several servers share a store, a piece of work is done by
 * one of them at a time.
 */
export interface Leases {
  /** The lease of this name; undefined while another server has it. */
  acquire(name: string): Promise<Lease | undefined>
}

const ownLease: Lease = { isHeld: true, fence: [], release: () => Promise.resolve() }

/** The leases of a store that one process has to itself: all are granted. */
export const localLeases: Leases = { acquire: () => Promise.resolve(ownLease) }
