import { limitNames } from '../http/serverLimits.ts'
import { isJournalSize, journalSizeText } from './journalSize.ts'
import { limitFlags, parseLimit } from './limitFlags.ts'
import { usageError } from './operatorError.ts'
import { logFormats, type LogFormat } from './requestLog.ts'
import { isShardAge, isShardCount, shardAgeText, shardCountText } from './streamOptions.ts'
import { validationLayers } from '../validation/layers.ts'
import { isAccountId, type ServerSettings } from './settings.ts'
import { isTtlDelay, ttlDelayText } from './ttlDelay.ts'

/** Settings while they are being read. */
export type SettingsDraft = { -readonly [Name in keyof ServerSettings]: ServerSettings[Name] }

/** One flag of a command, whose settings are a `Draft` while they are being read. */
export interface Flag<Draft = SettingsDraft> {
  /** Ours first, then the spelling of DynamoDB Local when that differs. */
  readonly names: readonly string[]
  /** What stands for the value in the help; absent when the flag takes none. */
  readonly placeholder?: string
  /** One line of the help; absent for flags that are accepted for scripts' sake and do nothing. */
  readonly help?: string
  /** Puts `value` (empty when the flag takes none) into `draft`. Throws OperatorError. */
  apply(draft: Draft, value: string): void
}

const ignored = (): void => {}

/** Every flag of `dynatom start`, in the order of the help. */
export const flags: readonly Flag[] = [
  {
    names: ['--port', '-port'],
    placeholder: 'PORT',
    help: 'port to listen on; 0 takes a free one (8000)',
    apply: (draft, value) => {
      draft.port = parsePort(value)
    },
  },
  {
    names: ['--host'],
    placeholder: 'HOST',
    help: 'address to listen on, or several with commas (127.0.0.1,::1)',
    apply: (draft, value) => {
      draft.hosts = value.split(',').filter((host) => host !== '')
      if (draft.hosts.length === 0) throw usageError('--host needs an address.')
    },
  },
  {
    names: ['--data-dir', '-dbPath'],
    placeholder: 'DIR',
    help: 'directory of the data, created if absent (./dynatom-data)',
    apply: (draft, value) => {
      draft.dataDirectory = value
    },
  },
  {
    names: ['--in-memory', '-inMemory'],
    help: 'keep the data in memory only; nothing outlives the process',
    apply: (draft) => {
      draft.inMemory = true
    },
  },
  {
    names: ['--region'],
    placeholder: 'REGION',
    help: 'AWS Region that ARNs name (us-east-1)',
    apply: (draft, value) => {
      draft.region = parseRegion(value)
    },
  },
  {
    names: ['--account-id'],
    placeholder: 'ID',
    help: 'AWS account that ARNs name (that of the store; 123456789012 for a new one)',
    apply: (draft, value) => {
      if (!isAccountId(value)) throw usageError(`"${value}" is not an account: it has 12 digits.`)
      draft.accountId = value
    },
  },
  {
    names: ['--delay-transient-statuses', '-delayTransientStatuses'],
    help: 'let tables and indexes stay CREATING, UPDATING, DELETING for a while',
    apply: (draft) => {
      draft.delayTransientStatuses = true
    },
  },
  {
    names: ['--ttl-delay'],
    placeholder: 'SECONDS',
    help: 'how long after their expiry items are removed by time to live (2)',
    apply: (draft, value) => {
      draft.ttlDelaySeconds = parseTtlDelay(value)
    },
  },
  {
    names: ['--reserved-words'],
    placeholder: 'refuse|allow',
    help: 'bare reserved words in expressions; AWS refuses them (refuse)',
    apply: (draft, value) => {
      draft.reservedWords = oneOf('--reserved-words', ['refuse', 'allow'], value)
    },
  },
  {
    names: ['--validation'],
    placeholder: 'older|newer',
    help: "which of AWS's validation layers answers (the Region's, by operation)",
    apply: (draft, value) => {
      draft.validation = oneOf('--validation', validationLayers, value)
    },
  },
  {
    names: ['--skip-store-verification'],
    help: "start without reading all of the store's file first; see dynatom check",
    apply: (draft) => {
      draft.verifyStore = false
    },
  },
  {
    names: ['--auth'],
    placeholder: 'any|required',
    help: 'whose signatures are let in: those by any key, or verified ones alone (any)',
    apply: (draft, value) => {
      draft.auth = oneOf('--auth', ['any', 'required'], value)
    },
  },
  {
    names: ['--identities'],
    placeholder: 'FILE',
    help: 'users, roles and policies, with --auth required; see dynatom identities check',
    apply: (draft, value) => {
      draft.identities = value
    },
  },
  {
    names: ['--audit'],
    placeholder: 'FILE',
    help: 'append refused requests and changes of tables, with --auth required',
    apply: (draft, value) => {
      draft.audit = value
    },
  },
  {
    names: ['--log'],
    placeholder: 'text|json|silent',
    help: 'form of the line that is logged for each request (text)',
    apply: (draft, value) => {
      draft.log = oneOf<LogFormat>('--log', logFormats, value)
    },
  },
  {
    names: ['--max-journal-bytes'],
    placeholder: 'BYTES',
    help: 'commits in the journal and in memory until the store takes them (33554432)',
    apply: (draft, value) => {
      draft.maxJournalBytes = parseJournalBytes(value)
    },
  },
  {
    names: ['--stream-shards'],
    placeholder: 'N',
    help: 'open shards of a new stream, by the hash of partition keys (1)',
    apply: (draft, value) => {
      const count = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (!isShardCount(count)) throw notAValue('--stream-shards', value, shardCountText)
      draft.streamShards = count
    },
  },
  {
    names: ['--stream-shard-hours'],
    placeholder: 'HOURS',
    help: 'age at which an open shard of a stream is closed and gets a child (4)',
    apply: (draft, value) => {
      const hours = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
      if (!isShardAge(hours)) throw notAValue('--stream-shard-hours', value, shardAgeText)
      draft.streamShardHours = hours
    },
  },
  {
    names: ['--metrics'],
    placeholder: 'on|off',
    help: "metrics, by CloudWatch's API and at /metrics (on)",
    apply: (draft, value) => {
      draft.metrics = oneOf('--metrics', ['on', 'off'], value) === 'on'
    },
  },
  {
    names: ['--metrics-token-file'],
    placeholder: 'FILE',
    help: 'show /metrics to whoever bears the token in FILE (this machine alone)',
    apply: (draft, value) => {
      draft.metricsTokenFile = value
    },
  },
  ...limitNames.map((limit): Flag => {
    const { name, placeholder, help } = limitFlags[limit]
    return {
      names: [name],
      placeholder,
      help,
      apply: (draft, value) => {
        draft.limits = { ...draft.limits, [limit]: parseLimit(limit, value) }
      },
    }
  }),
  { names: ['-sharedDb'], apply: ignored },
  { names: ['-optimizeDbBeforeStartup'], apply: ignored },
  { names: ['-disableTelemetry'], apply: ignored },
  { names: ['-cors'], placeholder: 'ORIGINS', apply: ignored },
]

/** Every flag of `dynatom check`. */
export const checkFlags: readonly Flag[] = flags.filter(({ names }) => names[0] === '--data-dir')

/** Throws OperatorError for what cannot be the name of a Region. */
export function parseRegion(value: string): string {
  if (/^[a-z0-9-]+$/.test(value)) return value
  throw usageError(`"${value}" is not a Region name.`)
}

function parsePort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= 65_535) return port
  throw usageError(`"${value}" is not a port: --port takes a number from 0 to 65535.`)
}

function parseTtlDelay(value: string): number {
  const seconds = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (isTtlDelay(seconds)) return seconds
  throw usageError(`"${value}" is not a value of --ttl-delay: it takes ${ttlDelayText}.`)
}

function parseJournalBytes(value: string): number {
  const bytes = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (isJournalSize(bytes)) return bytes
  throw notAValue('--max-journal-bytes', value, journalSizeText)
}

const notAValue = (name: string, value: string, taken: string): Error =>
  usageError(`"${value}" is not a value of ${name}: it takes ${taken}.`)

function oneOf<T extends string>(name: string, choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  throw notAValue(name, value, choices.join(', '))
}
