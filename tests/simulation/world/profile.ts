import type { EngineProfile } from './simulatedEngine.ts'
import type { Pace } from './scheduler.ts'
import type { FilesProfile } from './simulatedDirectory.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'

/** What clients do; see `workload/`. */
export const workKinds = [
  'append',
  'rewrite',
  'delete',
  'transact',
  'transfer',
  'pair',
  'get',
  'batchGet',
  'transactGet',
  'query',
  'scan',
  'batchWrite',
  'replay',
  'tempWrite',
] as const

export type WorkKind = (typeof workKinds)[number]

/** Everything about a run that its seed decides before it begins. Rates are probabilities. */
export interface Profile {
  readonly pace: Pace
  readonly engine: EngineProfile
  /** Whether there is a journal in front of the store, and how large it gets; none when undefined. */
  readonly maxJournalBytes: number | undefined
  readonly files: FilesProfile
  readonly clients: number
  readonly requestsEach: number
  /** How many items the clients share: few of them meet often. */
  readonly items: number
  readonly weights: Readonly<Record<WorkKind, number>>
  /** How likely a client only reads, and sees what others are doing. */
  readonly readers: number
  /** The limit of an item collection, where it is one that is reached. */
  readonly maxItemCollectionBytes: number | undefined
  readonly keepsTables: boolean
  readonly keepsIndex: boolean
  /** Whether time to live is enabled under load. */
  readonly enablesTimeToLive: boolean
  /** Rows that are there when an index is created, beside the shared items. */
  readonly bulkRows: number
  readonly delayTransientStatuses: boolean
  readonly latencyMs: number
  readonly lossRate: number
  readonly impatienceRate: number
  readonly crashes: number
  readonly shutdowns: number
  readonly fullDisks: number
  readonly clockJumps: number
  /** How likely a server that is started again finds a store of an earlier version. */
  readonly olderStores: number
  /** How many shards the streams of the tables have; the tables have none when undefined. */
  readonly streamShards: number | undefined
  /** Whether shards roll over, and a stream is disabled and enabled, while others write. */
  readonly keepsStreams: boolean
  /** What becomes of a request that needs an item of a transaction. */
  readonly conflicts: 'refuse' | 'queue'
  /** How likely a transaction is held up while its items are its own. */
  readonly holdUpRate: number
  /** The most that it is held up. */
  readonly holdUpMs: number
}

/**
 * The profile of a run. Faults and kinds of work are left out at random, for what happens always
 * hides what happens only without it.
 */
export function drawProfile(random: SeededRandom): Profile {
  const clients = random.chance(0.15) ? 1 : random.between(2, 6)
  const often = (): number => (random.chance(0.25) ? 0 : random.between(1, 8))
  const weights = Object.fromEntries(workKinds.map((kind) => [kind, often()]))
  const keepsIndex = random.chance(0.3)
  return {
    pace: { fairness: random.pick([0, 0.2, 0.5, 0.9]), stepMs: random.pick([0.05, 0.5, 2, 5]) },
    engine: drawEngine(random),
    maxJournalBytes: random.chance(0.6) ? random.pick([300, 2000, 8000, 1_000_000]) : undefined,
    files: {
      stepMs: random.pick([0, 1, 5, 30]),
      failureRate: random.pick([0, 0, 0.01, 0.05]),
    },
    clients,
    requestsEach: Math.ceil(random.between(40, 80) / clients),
    items: random.pick([1, 2, 3, 4, 6, 10]),
    weights: { ...weights, append: random.between(1, 8) } as Record<WorkKind, number>,
    readers: random.pick([0, 0.2, 0.6]),
    maxItemCollectionBytes: random.chance(0.2) ? random.between(130, 260) : undefined,
    keepsTables: random.chance(0.35),
    keepsIndex,
    bulkRows: keepsIndex && random.chance(0.15) ? random.between(205, 450) : 0,
    delayTransientStatuses: random.chance(0.3),
    latencyMs: random.pick([0, 1, 5, 20]),
    lossRate: random.pick([0, 0, 0.02, 0.08]),
    impatienceRate: random.pick([0, 0, 0.05, 0.2]),
    crashes: random.pick([0, 1, 1, 2, 2, 3, 5]),
    shutdowns: random.pick([0, 0, 1]),
    fullDisks: random.pick([0, 0, 0, 1]),
    clockJumps: random.pick([0, 0, 1, 2]),
    enablesTimeToLive: random.chance(0.3),
    olderStores: random.pick([0, 0, 0.4]),
    streamShards: random.pick([undefined, 1, 1, 3]),
    keepsStreams: random.chance(0.5),
    conflicts: random.pick(['refuse', 'refuse', 'queue']),
    holdUpRate: random.pick([0, 0, 0.1, 0.4]),
    // The longest keep a batch waiting for a transaction as long as it may.
    holdUpMs: random.pick([5, 50, 3000, 6000]),
  }
}

function drawEngine(random: SeededRandom): EngineProfile {
  return {
    syncReads: random.chance(0.6),
    readMs: random.pick([0, 1, 4]),
    // The slowest keep a batch waiting for a transaction as long as it may.
    stageMs: random.pick([0, 1, 5, 30, 100, 600]),
    commitFailureRate: random.pick([0, 0, 0.02, 0.1, 0.3]),
    conflictRate: random.pick([0, 0, 0.02, 0.2]),
    readFailureRate: random.pick([0, 0, 0, 0.005, 0.02]),
    breakRate: random.pick([0, 0, 0, 0.02]),
  }
}
