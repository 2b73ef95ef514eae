import { defaultServerLimits, type ServerLimits } from '../http/serverLimits.ts'
import {
  defaultStreamShardHours,
  defaultStreamShards,
  maxJournalBytes,
  ttlDelaySeconds,
} from '../limits.ts'
import type { TransactionConflicts } from '../transactions/transactionConflicts.ts'
import type { VectorSearchMode } from '../vectors/vectorSearchMode.ts'
import type { ValidationLayer } from '../validation/layers.ts'
import type { EventualReadsFrom } from './eventualReadsFrom.ts'
import type { LogFormat } from './requestLog.ts'

/** How one server runs: what the command line decides. */
export interface ServerSettings {
  readonly port: number
  readonly hosts: readonly string[]
  readonly dataDirectory: string
  readonly inMemory: boolean
  /** The address of a store that several servers share; undefined for one of this server's own. */
  readonly engine: string | undefined
  readonly region: string
  /** Files of tables and of items that a new database begins with. */
  readonly tables: readonly string[]
  readonly seed: readonly string[]
  /** Values for the parameters of templates, `NAME=VALUE`. */
  readonly templateParameters: readonly string[]
  /** The account that ARNs name; undefined for the one that the store was made with. */
  readonly accountId: string | undefined
  /** Whether `GET /` answers as DynamoDB Local does: 400. */
  readonly localHealth: boolean
  /**
   * Whether tables and indexes stay CREATING, UPDATING and DELETING for a while, as they do in AWS.
   */
  readonly delayTransientStatuses: boolean
  /** How long after their expiry items are removed, in seconds. */
  readonly ttlDelaySeconds: number
  /** Whether requests are refused beyond the throughput of their tables. */
  readonly enforceThroughput: boolean
  /** Whether reserved words may stand bare in expressions; AWS refuses them. */
  readonly reservedWords: 'refuse' | 'allow'
  /** The validation layer to answer with; undefined for that of the Region. */
  readonly validation: ValidationLayer | undefined
  /** What becomes of a request that needs an item that a transaction holds. */
  readonly transactionConflicts: TransactionConflicts
  /** Where eventually consistent reads of a store that several servers share look. */
  readonly eventualReads: EventualReadsFrom
  /** How vector indexes are searched. */
  readonly vectorSearch: VectorSearchMode
  /**
   * Whether all of the store's file is proved whole before it is used; 'after-crash': after a clean
   * stop while it is used.
   */
  readonly verifyStore: boolean | 'after-crash'
  /** Whether signatures are verified: 'required'. */
  readonly auth: 'any' | 'required'
  /** The file of identities; undefined for the key of the account alone. */
  readonly identities: string | undefined
  /** The file that refused requests and changes of tables are written to; undefined for none. */
  readonly audit: string | undefined
  readonly log: LogFormat
  readonly limits: ServerLimits
  /** Bytes of commits from which the journal is moved into the store. */
  readonly maxJournalBytes: number
  /** Open shards of a new stream. */
  readonly streamShards: number
  /** How old an open shard of a stream becomes. */
  readonly streamShardHours: number
  /** Whether metrics are kept and shown. */
  readonly metrics: boolean
  /** The file of what `/metrics` is shown for; undefined to show it to this machine alone. */
  readonly metricsTokenFile: string | undefined
  /** Whether there is a lab under `/_dynatom/lab`. */
  readonly lab: boolean
  /** The file of what requests under `/_dynatom` must bear; undefined for nothing. */
  readonly controlTokenFile: string | undefined
  /** Whether it is logged why requests were refused, which shows what items have. */
  readonly logExplain: boolean
  /** The files of the certificate and its key that TLS is spoken with; undefined for plain HTTP. */
  readonly tlsCertFile: string | undefined
  readonly tlsKeyFile: string | undefined
}

/** Whether `text` is the id of an AWS account: twelve digits. */
export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text)

export const defaultPort: number = 8000
/**
 * Loopback only: nothing outside the machine reaches a server that was not told to listen
 * elsewhere.
 */
export const defaultHosts: readonly string[] = ['127.0.0.1', '::1']
export const defaultRegion: string = 'us-east-1'
/** The account of a new store, which ARNs name: the one of AWS's own examples. */
export const defaultAccountId: string = '123456789012'
export const defaultDataDirectory: string = './dynatom-data'

export const defaultSettings: ServerSettings = {
  port: defaultPort,
  hosts: defaultHosts,
  dataDirectory: defaultDataDirectory,
  inMemory: false,
  engine: undefined,
  region: defaultRegion,
  tables: [],
  seed: [],
  templateParameters: [],
  accountId: undefined,
  localHealth: false,
  delayTransientStatuses: false,
  ttlDelaySeconds,
  enforceThroughput: false,
  reservedWords: 'refuse',
  validation: undefined,
  transactionConflicts: 'refuse',
  eventualReads: 'leader',
  vectorSearch: 'auto',
  verifyStore: 'after-crash',
  auth: 'any',
  identities: undefined,
  audit: undefined,
  log: 'text',
  limits: defaultServerLimits,
  maxJournalBytes,
  streamShards: defaultStreamShards,
  streamShardHours: defaultStreamShardHours,
  metrics: true,
  metricsTokenFile: undefined,
  lab: false,
  controlTokenFile: undefined,
  logExplain: false,
  tlsCertFile: undefined,
  tlsKeyFile: undefined,
}
