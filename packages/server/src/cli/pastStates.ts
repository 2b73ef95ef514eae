import type { Clock } from '../clock.ts'
import { maxPastBytes } from '../limits.ts'
import type { ReadLag } from '../operations/readConsistency.ts'
import type { EventualReads } from '../reads/eventualReads.ts'
import type { StorageEngine } from '../storage/engine.ts'

/** The earlier states of a store, and reads of them. */
export interface PastStates {
  /** What everything is to go through, so that nothing is missed. */
  readonly engine: StorageEngine
  /** Reads that lag from now on; nothing is remembered for undefined. */
  readsBy(lag: ReadLag | undefined): EventualReads | undefined
}

/** Loaded by a database whose reads can be made to lag, and by no other. */
export async function openPastStates(engine: StorageEngine, clock: Clock): Promise<PastStates> {
  const { HistoryEngine } = await import('../storage/history/historyEngine.ts')
  const reads = await import('../reads/eventualReads.ts')
  const history = new HistoryEngine(engine, clock, maxPastBytes)
  return {
    engine: history,
    readsBy(lag) {
      history.remember(lag?.maxMs ?? 0)
      return lag && new reads.EventualReads(history, () => lag.drawMs())
    },
  }
}
