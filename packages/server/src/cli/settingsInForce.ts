import type { Flag, SettingsDraft } from './flags.ts'
import { isLoopbackHost } from './exposure.ts'
import { limitContradiction } from '../http/serverLimits.ts'
import { refuseContradictingLimits } from './limitFlags.ts'
import { OperatorError, usageError } from './operatorError.ts'
import { defaultSettings, type ServerSettings } from './settings.ts'

/** A value that somebody gave to a flag. */
export interface GivenValue {
  readonly flag: Flag
  /** What the flag is called where the value was given. */
  readonly name: string
  /** As on the command line; undefined for a flag that is not set. */
  readonly value: string | undefined
  /** Where it was given: `--port`, or `dynatom.config.json:3:3`. */
  readonly from: string
}

/** What a command line says of how a server runs. */
export interface GivenSettings {
  readonly values: readonly GivenValue[]
  /** Whether it is one of DynamoDB Local. */
  readonly isLocal: boolean
}

/** How a server runs, and where that was said. */
export interface SettingsInForce {
  readonly settings: ServerSettings
  readonly values: readonly GivenValue[]
}

/** Where the data is: one of them on the command line replaces all in a file. */
const alternatives = ['--in-memory', '--data-dir', '--engine']

/**
 * What is in force: the defaults, over them what a configuration file says, over that the command
 * line. Throws OperatorError for values that contradict each other.
 */
export function settingsInForce(
  { values: given, isLocal }: GivenSettings,
  inFile: readonly GivenValue[] = [],
): SettingsInForce {
  const values = [...inFile.filter((each) => !isReplaced(each, given)), ...given]
  const draft: SettingsDraft = { ...defaultSettings, localHealth: isLocal }
  for (const { flag, value, name } of values) {
    if (value !== undefined) flag.apply(draft, value, name)
  }
  refuseContradiction(draft, values)
  refuseHalfTls(draft)
  refuseWithoutAuth(draft)
  refuseOpenLab(draft)
  refuseOpenConsole(draft)
  refuseLabOfMany(draft)
  refuseReplicasOfNone(draft)
  return { settings: draft, values }
}

function refuseHalfTls({ tlsCertFile, tlsKeyFile }: SettingsDraft): void {
  if (tlsCertFile !== undefined && tlsKeyFile === undefined) {
    throw usageError('--tls-cert needs --tls-key.')
  }
  if (tlsKeyFile !== undefined && tlsCertFile === undefined) {
    throw usageError('--tls-key needs --tls-cert.')
  }
}

/** What is about who asks means nothing where everybody may. */
function refuseWithoutAuth({ auth, identities, audit }: SettingsDraft): void {
  if (auth === 'required') return
  if (identities !== undefined) throw usageError('--identities needs --auth required.')
  if (audit !== undefined) throw usageError('--audit needs --auth required.')
}

/** The lab can do everything, so that nobody gets at it from elsewhere without a token. */
function refuseOpenLab({ lab, controlTokenFile, hosts, auth }: SettingsDraft): void {
  if (controlTokenFile !== undefined) {
    if (!lab) throw usageError('--control-token-file needs --lab.')
    return
  }
  if (!lab) return
  if (auth === 'required')
    throw usageError('--lab with --auth required needs --control-token-file.')
  if (hosts.every(isLoopbackHost)) return
  throw usageError('--lab beyond loopback needs --control-token-file.')
}

/** What the console shows is the affair of those alone who sign. */
function refuseOpenConsole({ console, hosts, auth }: SettingsDraft): void {
  if (console !== true || auth === 'required' || hosts.every(isLoopbackHost)) return
  throw usageError('--console beyond loopback needs --auth required.')
}

/** What the lab holds and moves is of one process, and the store is not. */
function refuseLabOfMany({ lab, engine }: SettingsDraft): void {
  if (lab && engine !== undefined) throw usageError('--engine and --lab exclude each other.')
}

function refuseReplicasOfNone({ eventualReads, engine }: SettingsDraft): void {
  if (eventualReads === 'leader' || engine !== undefined) return
  throw usageError('--eventual-reads replica needs --engine.')
}

function isReplaced({ flag }: GivenValue, given: readonly GivenValue[]): boolean {
  const nameOf = (each: Flag): string => each.names[0] ?? ''
  const others = alternatives.includes(nameOf(flag)) ? alternatives : [nameOf(flag)]
  return given.some((each) => others.includes(nameOf(each.flag)))
}

function refuseContradiction({ limits }: SettingsDraft, values: readonly GivenValue[]): void {
  const inQuestion = values.find(
    ({ name }) => name === 'maxBufferedBytes' || name === 'maxBodyBytes',
  )
  if (inQuestion === undefined) return refuseContradictingLimits(limits)
  const contradiction = limitContradiction(limits, (name) => name)
  if (contradiction === undefined) return
  throw new OperatorError(`${inQuestion.from}: ${contradiction}`, 2)
}
