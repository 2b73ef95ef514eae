import { fileURLToPath } from 'node:url'
import type { AnomalyName } from './checkHistory.ts'
import type { Mix } from './crowdedItems.ts'

/** A server whose isolation is broken in one way, and how that must be noticed. */
export interface BrokenServer {
  readonly name: string
  /** The path of its main.js. */
  readonly main: string
  /** What the clients do, so that it shows soon. */
  readonly mix: Mix
  /** Shows only when the server is killed. */
  readonly kills: boolean
  /** The checker must find one of these. */
  readonly findings: readonly AnomalyName[]
}

const program = (name: string): string =>
  fileURLToPath(new URL(`broken/${name}.mjs`, import.meta.url))

const inRealTime = (name: 'G0' | 'G1c' | 'G-single' | 'G2'): AnomalyName =>
  `strict-serializability (${name} with real time)`

const lostUpdates: readonly AnomalyName[] = [
  'lost acknowledged write',
  'incompatible version orders',
]

const staleReads: readonly AnomalyName[] = ['stale read', inRealTime('G-single')]

const writing: Mix = { writers: { pair: 3, add: 1, getAll: 1 } }
const watched: Mix = { writers: { pair: 1 }, readers: { gets: 1 }, writerOf: 4 }
const seldomWritten: Mix = { writers: { pair: 1 }, readers: { getAll: 1 }, writerOf: 16 }
const skewed: Mix = { writers: { skew: 1 } }

export const brokenServers: readonly BrokenServer[] = [
  {
    name: 'the items of a transaction are free before its commit has its place',
    main: program('itemsFreedEarly'),
    mix: writing,
    kills: false,
    findings: lostUpdates,
  },
  {
    name: 'what was built on a commit that failed is kept',
    main: program('fallenKept'),
    mix: writing,
    kills: false,
    findings: ['G-single', 'G2', 'G1b', inRealTime('G-single'), ...lostUpdates],
  },
  {
    name: 'reads see what is ordered and not on the disk',
    main: program('shownWhenOrdered'),
    mix: watched,
    kills: true,
    findings: ['lost visible write', 'G1a', ...staleReads],
  },
  {
    name: 'transactions do not claim their items',
    main: program('transactionsUnclaimed'),
    mix: writing,
    kills: false,
    findings: lostUpdates,
  },
  {
    name: 'the items of condition checks are not claimed',
    main: program('checksUnclaimed'),
    mix: skewed,
    kills: false,
    findings: ['G-single', 'G2', inRealTime('G-single'), inRealTime('G2')],
  },
  {
    name: 'clients are answered before the commit is made',
    main: program('answeredBeforeCommit'),
    mix: writing,
    kills: false,
    findings: [...lostUpdates, ...staleReads],
  },
  {
    name: 'clients are answered before the commit is on the disk',
    main: program('answeredBeforeDisk'),
    mix: writing,
    kills: true,
    findings: ['lost acknowledged write', 'lost visible write'],
  },
  {
    name: 'a commit is made in two steps',
    main: program('commitInTwoSteps'),
    mix: watched,
    kills: false,
    findings: ['G-single', inRealTime('G-single')],
  },
  {
    name: 'GetItem answers with what it read a moment ago',
    main: program('staleGetItem'),
    mix: watched,
    kills: false,
    findings: staleReads,
  },
  {
    name: 'TransactGetItems reads one item after the other',
    main: program('readsOneByOne'),
    mix: seldomWritten,
    kills: false,
    findings: ['G-single', 'G2', inRealTime('G-single'), inRealTime('G2')],
  },
  {
    name: 'of two ADDs to an item that arrive together one is lost',
    main: program('addsSideBySide'),
    mix: { writers: { add: 1 } },
    kills: false,
    findings: lostUpdates,
  },
  {
    name: 'a token is not stored with its transaction',
    main: program('tokenNotStored'),
    mix: watched,
    kills: false,
    findings: ['duplicate version'],
  },
  {
    name: 'a token is kept in memory only',
    main: program('tokenInMemory'),
    mix: { writers: { pair: 1 }, itemCount: 12 },
    kills: true,
    // Sent again after the kill it is done twice, or refused although it was done.
    findings: ['duplicate version', 'G1a'],
  },
  {
    name: 'reads see what a transaction would have written until it is refused',
    main: program('refusedShown'),
    mix: { writers: { refused: 1 }, readers: { gets: 1 }, writerOf: 2 },
    kills: false,
    findings: ['G1a'],
  },
  {
    name: 'reads see a commit before it is on the disk',
    main: program('shownBeforeDisk'),
    // Single writes wait where transactions are refused, so one is always under way.
    mix: { writers: { add: 1 }, readers: { gets: 1 }, writerOf: 4 },
    kills: true,
    // What was seen is gone, whatever its client is told after the kill.
    findings: ['lost visible write', 'G1a'],
  },
]
