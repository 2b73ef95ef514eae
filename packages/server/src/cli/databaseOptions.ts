import { accessKeyIdText, isAccessKeyId, type RootKey } from '../access/rootKey.ts'
import type { Clock, Random } from '../clock.ts'
import type { AuditRecord } from '../http/auditRecord.ts'
import type { RequestLog } from '../http/respond.ts'
import {
  defaultServerLimits,
  isLimitValue,
  limitContradiction,
  limitNames,
  rangeText,
  type ServerLimits,
} from '../http/serverLimits.ts'
import { eventualReadsFrom, type EventualReadsFrom } from './eventualReadsFrom.ts'
import type { IdentitiesChange } from './identities/identitiesChange.ts'
import type { Explanation } from '../lab/explanations/explanation.ts'
import { checkContent, type InitialContent } from './initialContent.ts'
import {
  transactionConflicts,
  type TransactionConflicts,
} from '../transactions/transactionConflicts.ts'
import { validationLayers, type ValidationLayer } from '../validation/layers.ts'
import { vectorSearchModes, type VectorSearchMode } from '../vectors/vectorSearchMode.ts'
import type { WorkEvent } from '../upkeep/workFailures.ts'
import { isJournalSize, journalSizeText } from './journalSize.ts'
import { nearestName } from '../nearestName.ts'
import { isAccountId } from './settings.ts'
import { isShardAge, isShardCount, shardAgeText, shardCountText } from './streamOptions.ts'
import { isToken, tokenText } from './tokenFile.ts'
import { isTtlDelay, ttlDelayText } from './ttlDelay.ts'

/** How a database is opened. Every member may be left out. */
export interface DatabaseOptions extends InitialContent {
  /** Keep everything in memory; nothing outlives the database. False when absent. */
  readonly inMemory?: boolean
  /** Directory of the data, created if absent: ./dynatom-data. Not used in memory. */
  readonly dataDirectory?: string
  /**
   * The address of a store that several servers share, in place of memory and directory:
   * `postgres://user@host1,host2/database` (docs/cluster.md). The password is that of the
   * environment (PGPASSWORD) or of a pgpass file.
   */
  readonly engine?: string
  /**
   * Where eventually consistent reads of an `engine` look: at the node that `'leader'` is, so that
   * they are up to date, or at a `'replica'`, which may be old. `'leader'` when absent.
   */
  readonly eventualReads?: EventualReadsFrom
  /** AWS Region that ARNs name: us-east-1. */
  readonly region?: string
  /**
   * AWS account that ARNs name, 12 digits: the one that the store was made with; 123456789012 for a
   * new one.
   */
  readonly accountId?: string
  /**
   * Whether `GET /` answers 400, as DynamoDB Local does and some tools that start it wait for.
   * False when absent: 200.
   */
  readonly localHealth?: boolean
  /**
   * Whether tables stay CREATING, UPDATING and DELETING for a while, as in AWS. False when absent.
   */
  readonly delayTransientStatuses?: boolean
  /**
   * How long after their expiry the items of tables with time to live are removed, in whole
   * seconds: 2. To a year. AWS takes minutes to days.
   */
  readonly ttlDelaySeconds?: number
  /** Whether reserved words may stand bare in expressions: 'refuse', as AWS does. */
  readonly reservedWords?: 'refuse' | 'allow'
  /**
   * Which of AWS's two validation layers of 2026 answers, 'older' or 'newer', in operations that
   * have both. Each as the Region does when absent.
   */
  readonly validation?: ValidationLayer
  /**
   * What becomes of a write that needs an item that a transaction holds: 'refuse', as AWS does.
   * With 'queue' it waits for its turn, 5 seconds at most.
   */
  readonly transactionConflicts?: TransactionConflicts
  /**
   * How vector indexes are searched: 'auto', where large ones get a graph by which searches are
   * nearly exact and many times as fast, if the package usearch is there; or 'exact'.
   */
  readonly vectorSearch?: VectorSearchMode
  /** Called once with a sentence when 'auto' is exact because the package is not there. */
  readonly onExactSearch?: (message: string) => void
  /**
   * Whether the whole file of the store is read and proved whole before it is used: true. Without
   * it damage in the file may go unnoticed, give wrong answers or end the process by a signal.
   * 'after-crash': a store that was closed in good order and not touched since is proved while it
   * is used; `onStoreFailure` is told of damage (docs/checking.md).
   */
  readonly verifyStore?: boolean | 'after-crash'
  /**
   * Verify signatures, of requests over HTTP and in this process alike. When absent, whatever
   * carries a complete signature is let in, by any key.
   */
  readonly auth?: AuthOptions
  /** Called after each request that named an operation. */
  readonly onRequest?: (log: RequestLog) => void
  /** Told of each request that is refused, and of each that has changed tables. */
  readonly onAudit?: (record: AuditRecord) => void
  /** Called for each fault of the database itself; the client sees the request id only. */
  readonly onInternalError?: (requestId: string, error: unknown) => void
  /**
   * Called once when the store has failed so that only opening it again can mend it, such as after
   * an I/O error at the wrong moment, or when a store that several servers share is not for this
   * one any more. What was acknowledged is safe; every request fails from then on.
   */
  readonly onStoreFailure?: (error: Error) => void
  /**
   * Called for each failure of work that is done in the background, such as the building of an
   * index, and when it goes on again. It is tried again by itself; what it is for waits meanwhile.
   */
  readonly onBackgroundWork?: (event: WorkEvent) => void
  /**
   * Refuse what goes beyond the throughput of tables and global indexes, as AWS does: false. See
   * docs/throughput.md.
   */
  readonly enforceThroughput?: boolean
  /** What the database puts up with; a limit that is absent has its default. */
  readonly limits?: Partial<ServerLimits>
  /**
   * Bytes of commits that are kept in the journal and in memory until the store takes them, at most
   * twice that: 33554432. From 1024. Not used in memory.
   */
  readonly maxJournalBytes?: number
  /** Open shards of a new stream, by the hash of partition keys: 1. To 256. */
  readonly streamShards?: number
  /** Age in hours at which an open shard of a stream is closed and gets a child: 4. */
  readonly streamShardHours?: number
  /**
   * Whether metrics are kept and shown, by the API of CloudWatch and at `/metrics`: true. Up to 48
   * MB of memory.
   */
  readonly metrics?: boolean
  /** What `/metrics` is shown for, to whoever bears it; to this machine alone when absent. */
  readonly metricsToken?: string
  /** Whether there is a lab: `Database.lab`, and `/_dynatom/lab` over HTTP. False when absent. */
  readonly lab?: boolean
  /**
   * What requests under `/_dynatom` must bear. Without one they are let in on loopback alone, and
   * nowhere where signatures are verified.
   */
  readonly controlToken?: string
  /**
   * Whether browsers are shown the console at `/`: while the database listens on loopback alone
   * when absent. Beyond loopback it needs {@link auth}.
   */
  readonly console?: boolean
  /** Told why requests were refused; it shows what items have. There need be no lab. */
  readonly onExplanation?: (explanation: Explanation) => void
  /** Time and randomness, for tests that own them. */
  readonly clock?: Clock
  readonly random?: Random
}

/** How a database with a lab is opened. */
export interface LabDatabaseOptions extends DatabaseOptions {
  readonly lab: true
}

/** Whose signatures are let in. */
export interface AuthOptions {
  /** The key of the account itself. What `clientConfig` gives signs with it. */
  readonly rootKey: RootKey
  /**
   * A file of users, roles and policies (docs/identities.md): their keys are let in, too, and may
   * do what it says. It is looked at every second.
   */
  readonly identities?: string
  /** Told that the file is in force, again whenever it has changed, and when it is refused. */
  readonly onIdentities?: (change: IdentitiesChange) => void
}

/** So that a new option cannot be forgotten here. */
const optionNames: Readonly<Record<keyof DatabaseOptions, true>> = {
  inMemory: true,
  dataDirectory: true,
  engine: true,
  eventualReads: true,
  region: true,
  accountId: true,
  localHealth: true,
  delayTransientStatuses: true,
  ttlDelaySeconds: true,
  enforceThroughput: true,
  reservedWords: true,
  validation: true,
  transactionConflicts: true,
  vectorSearch: true,
  onExactSearch: true,
  verifyStore: true,
  auth: true,
  onRequest: true,
  onAudit: true,
  onInternalError: true,
  onStoreFailure: true,
  onBackgroundWork: true,
  limits: true,
  maxJournalBytes: true,
  streamShards: true,
  streamShardHours: true,
  metrics: true,
  metricsToken: true,
  lab: true,
  controlToken: true,
  console: true,
  onExplanation: true,
  tables: true,
  seed: true,
  templateParameters: true,
  clock: true,
  random: true,
}

/**
 * The limits that `options` asks for. Throws TypeError for an option or a limit that does not
 * exist, and RangeError for a value that a limit cannot have.
 */
export function checkOptions(options: DatabaseOptions): ServerLimits {
  refuseUnknown('createDatabase has no option', options, Object.keys(optionNames))
  checkContent(options)
  const { limits: given = {} } = options
  refuseUnknown('There is no limit', given, limitNames)
  const { accountId, maxJournalBytes, ttlDelaySeconds, validation } = options
  if (accountId !== undefined && !isAccountId(accountId)) {
    throw new RangeError(`${accountId} is not a value of accountId: it takes 12 digits.`)
  }
  if (maxJournalBytes !== undefined && !isJournalSize(maxJournalBytes)) {
    throw new RangeError(
      `${String(maxJournalBytes)} is not a value of maxJournalBytes: it takes ${journalSizeText}.`,
    )
  }
  if (ttlDelaySeconds !== undefined && !isTtlDelay(ttlDelaySeconds)) {
    throw new RangeError(
      `${String(ttlDelaySeconds)} is not a value of ttlDelaySeconds: it takes ${ttlDelayText}.`,
    )
  }
  checkEngine(options)
  const { verifyStore = true } = options
  if (typeof verifyStore !== 'boolean' && verifyStore !== 'after-crash') {
    throw new RangeError(
      `${verifyStore as string} is not a value of verifyStore: ` +
        `it takes true, false, 'after-crash'.`,
    )
  }
  checkAuth(options.auth)
  checkStreamOptions(options)
  checkTokens(options)
  if (validation !== undefined && !validationLayers.includes(validation)) {
    throw new RangeError(
      `${validation as string} is not a value of validation: it takes ` +
        `${validationLayers.join(', ')}.`,
    )
  }
  checkChoices(options)
  const limits = { ...defaultServerLimits }
  for (const name of limitNames) {
    const value = given[name]
    if (value === undefined) continue
    if (!isLimitValue(name, value)) {
      throw new RangeError(
        `${String(value)} is not a value of ${name}: it takes ${rangeText(name)}.`,
      )
    }
    limits[name] = value
  }
  const contradiction = limitContradiction(limits, (name) => name)
  if (contradiction !== undefined) throw new RangeError(contradiction)
  return limits
}

/** What is of one process, and where there is data for it alone. */
function checkEngine({ engine, eventualReads, ...given }: DatabaseOptions): void {
  checkChoice('eventualReads', eventualReads, eventualReadsFrom)
  if (engine === undefined) {
    if (eventualReads === 'replica') throw new TypeError(`eventualReads 'replica' needs an engine.`)
    return
  }
  if (typeof engine !== 'string') throw new TypeError('The engine is the address of a store.')
  const { inMemory, dataDirectory, lab } = given
  const others = { inMemory: inMemory === true, dataDirectory, lab: lab === true }
  const other = Object.entries(others).find(([, value]) => value !== undefined && value !== false)
  if (other !== undefined) throw new TypeError(`engine and ${other[0]} exclude each other.`)
}

function checkChoices({ transactionConflicts: conflicts, vectorSearch }: DatabaseOptions): void {
  checkChoice('transactionConflicts', conflicts, transactionConflicts)
  checkChoice('vectorSearch', vectorSearch, vectorSearchModes)
}

function checkChoice(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return
  throw new RangeError(`${value} is not a value of ${name}: it takes ${choices.join(', ')}.`)
}

function checkTokens(options: DatabaseOptions): void {
  for (const name of ['metricsToken', 'controlToken'] as const) {
    const token = options[name]
    if (token !== undefined && !isToken(token)) throw new RangeError(`${name} takes ${tokenText}.`)
  }
}

function checkAuth(auth: AuthOptions | undefined): void {
  if (auth === undefined) return
  refuseUnknown('auth has no member', auth, ['rootKey', 'identities', 'onIdentities'])
  const { accessKeyId, secretAccessKey } = auth.rootKey ?? {}
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new TypeError('auth needs a rootKey with accessKeyId and secretAccessKey.')
  }
  if (!isAccessKeyId(accessKeyId)) {
    throw new RangeError(`The accessKeyId of rootKey takes ${accessKeyIdText}.`)
  }
  if (secretAccessKey === '') throw new RangeError('The secretAccessKey of rootKey is empty.')
  const { identities } = auth
  if (identities !== undefined && (typeof identities !== 'string' || identities === '')) {
    throw new TypeError('The identities of auth are the name of a file.')
  }
}

function checkStreamOptions({ streamShards, streamShardHours }: DatabaseOptions): void {
  if (streamShards !== undefined && !isShardCount(streamShards)) {
    throw new RangeError(
      `${String(streamShards)} is not a value of streamShards: it takes ${shardCountText}.`,
    )
  }
  if (streamShardHours !== undefined && !isShardAge(streamShardHours)) {
    throw new RangeError(
      `${String(streamShardHours)} is not a value of streamShardHours: it takes ${shardAgeText}.`,
    )
  }
}

function refuseUnknown(complaint: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const nearest = nearestName(unknown, known)
  const suggestion = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  throw new TypeError(`${complaint} "${unknown}".${suggestion}`)
}
