import { defaultServerLimits, type ServerLimits } from '../http/serverLimits.ts'
import { maxJournalBytes } from '../limits.ts'
import type { LogFormat } from './requestLog.ts'

/** How one server runs: what the command line decides. */
export interface ServerSettings {
  readonly port: number
  readonly hosts: readonly string[]
  readonly dataDirectory: string
  readonly inMemory: boolean
  readonly region: string
  /**
   * Whether tables and indexes stay CREATING, UPDATING and DELETING for a while, as they do in AWS.
   */
  readonly delayTransientStatuses: boolean
  /** Whether reserved words may stand bare in expressions; AWS refuses them. */
  readonly reservedWords: 'refuse' | 'allow'
  /** Whether all of the store's file is proved whole before it is used. */
  readonly verifyStore: boolean
  readonly log: LogFormat
  readonly limits: ServerLimits
  /** Bytes of commits from which the journal is moved into the store. */
  readonly maxJournalBytes: number
}

export const defaultPort: number = 8000
/**
 * Loopback only: nothing outside the machine reaches a server that was not told to listen
 * elsewhere.
 */
export const defaultHosts: readonly string[] = ['127.0.0.1', '::1']
export const defaultRegion: string = 'us-east-1'
/** The account that ARNs name; this server has one. */
export const accountId: string = '000000000000'
export const defaultDataDirectory: string = './dynatom-data'

export const defaultSettings: ServerSettings = {
  port: defaultPort,
  hosts: defaultHosts,
  dataDirectory: defaultDataDirectory,
  inMemory: false,
  region: defaultRegion,
  delayTransientStatuses: false,
  reservedWords: 'refuse',
  verifyStore: true,
  log: 'text',
  limits: defaultServerLimits,
  maxJournalBytes,
}
