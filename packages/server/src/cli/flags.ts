import { limitNames, limitRange } from '../http/serverLimits.ts'
import { eventualReadsFrom } from './eventualReadsFrom.ts'
import { maskedAddress } from './engineAddress.ts'
import { whole, type ConfigurationValue, type FlagValue } from './flagValue.ts'
import { isJournalSize, journalSizeRange, journalSizeText } from './journalSize.ts'
import { limitFlags, parseLimit } from './limitFlags.ts'
import { usageError } from './operatorError.ts'
import { logFormats, type LogFormat } from './requestLog.ts'
import {
  isShardAge,
  isShardCount,
  shardAgeRange,
  shardAgeText,
  shardCountRange,
  shardCountText,
} from './streamOptions.ts'
import { transactionConflicts } from '../transactions/transactionConflicts.ts'
import { validationLayers } from '../validation/layers.ts'
import { vectorSearchModes } from '../vectors/vectorSearchMode.ts'
import { isAccountId, type ServerSettings } from './settings.ts'
import { isTtlDelay, ttlDelayRange, ttlDelayText } from './ttlDelay.ts'

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
  /** What kind of value it takes: text when absent, and none without a placeholder. */
  readonly value?: FlagValue
  /**
   * Puts `value` (empty when the flag takes none) into `draft`. `name` is what the flag is called
   * where the value was given. Throws UsageError.
   */
  apply(draft: Draft, value: string, name: string): void
  /** The value in force, as a configuration file has it; undefined if there is none. */
  inForce?(settings: ServerSettings): ConfigurationValue | undefined
}

const ignored = (): void => {}

const maxPort = 65_535

/** What `--account-id` and `--region` look like, for editors. */
const accountForm: FlagValue = { kind: 'text', pattern: '^[0-9]{12}$' }
const regionForm: FlagValue = { kind: 'text', pattern: '^[a-z0-9-]+$' }

/** Every flag of `dynatom start`, in the order of the help. */
export const flags: readonly Flag[] = [
  {
    names: ['--port', '-port'],
    placeholder: 'PORT',
    help: 'port to listen on; 0 takes a free one (8000)',
    value: whole(0, maxPort),
    apply: (draft, value, name) => {
      draft.port = parsePort(value, name)
    },
    inForce: ({ port }) => port,
  },
  {
    names: ['--host'],
    placeholder: 'HOST',
    help: 'address to listen on, or several with commas (127.0.0.1,::1)',
    value: { kind: 'texts' },
    apply: (draft, value, name) => {
      draft.hosts = value.split(',').filter((host) => host !== '')
      if (draft.hosts.length === 0) throw usageError(`${name} needs an address.`)
    },
    inForce: ({ hosts }) => hosts,
  },
  {
    names: ['--data-dir', '-dbPath'],
    placeholder: 'DIR',
    help: 'directory of the data, created if absent (./dynatom-data)',
    apply: (draft, value) => {
      draft.dataDirectory = value
    },
    inForce: ({ inMemory, engine, dataDirectory }) =>
      inMemory || engine !== undefined ? undefined : dataDirectory,
  },
  {
    names: ['--in-memory', '-inMemory'],
    help: 'keep the data in memory only; nothing outlives the process',
    apply: (draft) => {
      draft.inMemory = true
    },
    inForce: ({ inMemory }) => inMemory,
  },
  {
    names: ['--engine'],
    placeholder: 'URL',
    help: 'store that several servers share: postgres://user@host1,host2/database',
    apply: (draft, value) => {
      draft.engine = value
    },
    inForce: ({ engine }) => engine && maskedAddress(engine),
  },
  {
    names: ['--eventual-reads'],
    placeholder: 'WHERE',
    help: 'eventually consistent reads of --engine: leader or replica (leader)',
    value: { kind: 'choice', choices: eventualReadsFrom },
    apply: (draft, value, name) => {
      draft.eventualReads = oneOf(name, eventualReadsFrom, value)
    },
    inForce: ({ eventualReads }) => eventualReads,
  },
  {
    names: ['--region'],
    placeholder: 'REGION',
    help: 'AWS Region that ARNs name (us-east-1)',
    value: regionForm,
    apply: (draft, value) => {
      draft.region = parseRegion(value)
    },
    inForce: ({ region }) => region,
  },
  {
    names: ['--account-id'],
    placeholder: 'ID',
    help: 'AWS account that ARNs name (that of the store; 123456789012 for a new one)',
    value: accountForm,
    apply: (draft, value) => {
      if (!isAccountId(value)) throw usageError(`"${value}" is not an account: it has 12 digits.`)
      draft.accountId = value
    },
    inForce: ({ accountId }) => accountId,
  },
  {
    names: ['--tables'],
    placeholder: 'FILE',
    help: 'make the tables that a template, serverless.yml, CDK output or model has',
    value: { kind: 'texts' },
    apply: (draft, value) => {
      draft.tables = [...draft.tables, ...textsOf(value)]
    },
    inForce: ({ tables }) => (tables.length === 0 ? undefined : tables),
  },
  {
    names: ['--seed'],
    placeholder: 'FILE',
    help: 'put the items of FILE (JSON, CSV, a model) into tables that are made now',
    value: { kind: 'texts' },
    apply: (draft, value) => {
      draft.seed = [...draft.seed, ...textsOf(value)]
    },
    inForce: ({ seed }) => (seed.length === 0 ? undefined : seed),
  },
  {
    names: ['--parameter'],
    placeholder: 'NAME=VALUE',
    help: 'a parameter of a template, or an option of a serverless.yml',
    value: { kind: 'texts' },
    apply: (draft, value, name) => {
      const given = textsOf(value)
      const broken = given.find((each) => !/^[^=]+=/.test(each))
      if (broken !== undefined) throw notAValue(name, broken, 'NAME=VALUE')
      draft.templateParameters = [...draft.templateParameters, ...given]
    },
    inForce: ({ templateParameters: given }) => (given.length === 0 ? undefined : given),
  },
  {
    names: ['--delay-transient-statuses', '-delayTransientStatuses'],
    help: 'let tables and indexes stay CREATING, UPDATING, DELETING for a while',
    apply: (draft) => {
      draft.delayTransientStatuses = true
    },
    inForce: ({ delayTransientStatuses }) => delayTransientStatuses,
  },
  {
    names: ['--ttl-delay'],
    placeholder: 'SECONDS',
    help: 'how long after their expiry items are removed by time to live (2)',
    value: { kind: 'number', range: ttlDelayRange },
    apply: (draft, value, name) => {
      draft.ttlDelaySeconds = parseTtlDelay(value, name)
    },
    inForce: ({ ttlDelaySeconds }) => ttlDelaySeconds,
  },
  {
    names: ['--enforce-throughput'],
    help: 'refuse what goes beyond the throughput of tables and indexes, as AWS does',
    apply: (draft) => {
      draft.enforceThroughput = true
    },
    inForce: ({ enforceThroughput }) => enforceThroughput,
  },
  {
    names: ['--reserved-words'],
    placeholder: 'refuse|allow',
    help: 'bare reserved words in expressions; AWS refuses them (refuse)',
    value: { kind: 'choice', choices: ['refuse', 'allow'] },
    apply: (draft, value, name) => {
      draft.reservedWords = oneOf(name, ['refuse', 'allow'], value)
    },
    inForce: ({ reservedWords }) => reservedWords,
  },
  {
    names: ['--validation'],
    placeholder: 'older|newer',
    help: "which of AWS's validation layers answers (the Region's, by operation)",
    value: { kind: 'choice', choices: validationLayers },
    apply: (draft, value, name) => {
      draft.validation = oneOf(name, validationLayers, value)
    },
    inForce: ({ validation }) => validation,
  },
  {
    names: ['--transaction-conflicts'],
    placeholder: 'HOW',
    help: 'what needs an item of a transaction: refuse as AWS does, or queue (refuse)',
    value: { kind: 'choice', choices: transactionConflicts },
    apply: (draft, value, name) => {
      draft.transactionConflicts = oneOf(name, transactionConflicts, value)
    },
    inForce: (settings) => settings.transactionConflicts,
  },
  {
    names: ['--vector-search'],
    placeholder: 'exact|auto',
    help: 'how large vector indexes are searched: all of them, or by a graph (auto)',
    value: { kind: 'choice', choices: vectorSearchModes },
    apply: (draft, value, name) => {
      draft.vectorSearch = oneOf(name, vectorSearchModes, value)
    },
    inForce: ({ vectorSearch }) => vectorSearch,
  },
  {
    names: ['--verify-store'],
    placeholder: 'WHEN',
    help: 'prove the store before it is used: always or after-crash (after-crash)',
    value: { kind: 'choice', choices: ['always', 'after-crash'] },
    apply: (draft, value, name) => {
      const chosen = oneOf(name, ['always', 'after-crash'], value)
      draft.verifyStore = chosen === 'always' ? true : chosen
    },
    inForce: ({ verifyStore }) => (verifyStore === true ? 'always' : verifyStore || undefined),
  },
  {
    names: ['--skip-store-verification'],
    help: "start without reading all of the store's file first; see dynatom check",
    apply: (draft) => {
      draft.verifyStore = false
    },
    inForce: ({ verifyStore }) => verifyStore === false,
  },
  {
    names: ['--auth'],
    placeholder: 'any|required',
    help: 'whose signatures are let in: those by any key, or verified ones alone (any)',
    value: { kind: 'choice', choices: ['any', 'required'] },
    apply: (draft, value, name) => {
      draft.auth = oneOf(name, ['any', 'required'], value)
    },
    inForce: ({ auth }) => auth,
  },
  {
    names: ['--tls-cert'],
    placeholder: 'FILE',
    help: 'speak HTTPS, with the certificates in FILE (PEM), read again when they change',
    apply: (draft, value) => {
      draft.tlsCertFile = value
    },
    inForce: ({ tlsCertFile }) => tlsCertFile,
  },
  {
    names: ['--tls-key'],
    placeholder: 'FILE',
    help: 'the private key of the certificate, without a passphrase (PEM)',
    apply: (draft, value) => {
      draft.tlsKeyFile = value
    },
    inForce: ({ tlsKeyFile }) => tlsKeyFile,
  },
  {
    names: ['--identities'],
    placeholder: 'FILE',
    help: 'users, roles and policies, with --auth required; see dynatom identities check',
    apply: (draft, value) => {
      draft.identities = value
    },
    inForce: ({ identities }) => identities,
  },
  {
    names: ['--audit'],
    placeholder: 'FILE',
    help: 'append refused requests and changes of tables, with --auth required',
    apply: (draft, value) => {
      draft.audit = value
    },
    inForce: ({ audit }) => audit,
  },
  {
    names: ['--log'],
    placeholder: 'text|json|silent',
    help: 'form of the line that is logged for each request (text)',
    value: { kind: 'choice', choices: logFormats },
    apply: (draft, value, name) => {
      draft.log = oneOf<LogFormat>(name, logFormats, value)
    },
    inForce: ({ log }) => log,
  },
  {
    names: ['--max-journal-bytes'],
    placeholder: 'BYTES',
    help: 'commits in the journal and in memory until the store takes them (33554432)',
    value: { kind: 'number', range: journalSizeRange },
    apply: (draft, value, name) => {
      draft.maxJournalBytes = parseJournalBytes(value, name)
    },
    inForce: (settings) => settings.maxJournalBytes,
  },
  {
    names: ['--stream-shards'],
    placeholder: 'N',
    help: 'open shards of a new stream, by the hash of partition keys (1)',
    value: { kind: 'number', range: shardCountRange },
    apply: (draft, value, name) => {
      const count = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (!isShardCount(count)) throw notAValue(name, value, shardCountText)
      draft.streamShards = count
    },
    inForce: ({ streamShards }) => streamShards,
  },
  {
    names: ['--stream-shard-hours'],
    placeholder: 'HOURS',
    help: 'age at which an open shard of a stream is closed and gets a child (4)',
    value: { kind: 'number', range: shardAgeRange },
    apply: (draft, value, name) => {
      const hours = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
      if (!isShardAge(hours)) throw notAValue(name, value, shardAgeText)
      draft.streamShardHours = hours
    },
    inForce: ({ streamShardHours }) => streamShardHours,
  },
  {
    names: ['--metrics'],
    placeholder: 'on|off',
    help: "metrics, by CloudWatch's API and at /metrics (on)",
    value: { kind: 'switch' },
    apply: (draft, value, name) => {
      draft.metrics = oneOf(name, ['on', 'off'], value) === 'on'
    },
    inForce: ({ metrics }) => metrics,
  },
  {
    names: ['--metrics-token-file'],
    placeholder: 'FILE',
    help: 'show /metrics to whoever bears the token in FILE (this machine alone)',
    apply: (draft, value) => {
      draft.metricsTokenFile = value
    },
    inForce: ({ metricsTokenFile }) => metricsTokenFile,
  },
  {
    names: ['--lab'],
    help: 'faults, conflicts, explanations and time for tests, at /_dynatom/lab',
    apply: (draft) => {
      draft.lab = true
    },
    inForce: ({ lab }) => lab,
  },
  {
    names: ['--control-token-file'],
    placeholder: 'FILE',
    help: 'let in under /_dynatom whoever bears the token in FILE (this machine alone)',
    apply: (draft, value) => {
      draft.controlTokenFile = value
    },
    inForce: ({ controlTokenFile }) => controlTokenFile,
  },
  {
    names: ['--console'],
    help: 'show browsers the console beyond loopback, too; needs --auth required',
    apply: (draft) => {
      draft.console = true
    },
    inForce: ({ console }) => console === true,
  },
  {
    names: ['--no-console'],
    help: 'show browsers no console, not on loopback either',
    apply: (draft) => {
      draft.console = false
    },
    inForce: ({ console }) => console === false,
  },
  {
    names: ['--log-explain'],
    help: 'log why requests were refused, with the values of items',
    apply: (draft) => {
      draft.logExplain = true
    },
    inForce: ({ logExplain }) => logExplain,
  },
  ...limitNames.map((limit): Flag => {
    const { name: ours, placeholder, help } = limitFlags[limit]
    return {
      names: [ours],
      placeholder,
      help,
      value: { kind: 'number', range: limitRange(limit) },
      apply: (draft, value, name) => {
        draft.limits = { ...draft.limits, [limit]: parseLimit(limit, value, name) }
      },
      inForce: ({ limits }) => limits[limit],
    }
  }),
  { names: ['-sharedDb'], apply: ignored },
  { names: ['-optimizeDbBeforeStartup'], apply: ignored },
  { names: ['-disableTelemetry'], apply: ignored },
  { names: ['-cors'], placeholder: 'ORIGINS', apply: ignored },
]

/** Every flag of `dynatom check`. */
export const checkFlags: readonly Flag[] = flags.filter(({ names: [name = ''] }) =>
  ['--data-dir', '--engine'].includes(name),
)

/** Throws OperatorError for what cannot be the name of a Region. */
export function parseRegion(value: string): string {
  if (/^[a-z0-9-]+$/.test(value)) return value
  throw usageError(`"${value}" is not a Region name.`)
}

/** A flag may have several with commas between them, and may be given again. */
const textsOf = (value: string): readonly string[] => value.split(',').filter((each) => each !== '')

function parsePort(value: string, name: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= maxPort) return port
  throw usageError(`"${value}" is not a port: ${name} takes a number from 0 to ${maxPort}.`)
}

function parseTtlDelay(value: string, name: string): number {
  const seconds = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (isTtlDelay(seconds)) return seconds
  throw notAValue(name, value, ttlDelayText)
}

function parseJournalBytes(value: string, name: string): number {
  const bytes = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (isJournalSize(bytes)) return bytes
  throw notAValue(name, value, journalSizeText)
}

const notAValue = (name: string, value: string, taken: string): Error =>
  usageError(`"${value}" is not a value of ${name}: it takes ${taken}.`)

function oneOf<T extends string>(name: string, choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  throw notAValue(name, value, choices.join(', '))
}
