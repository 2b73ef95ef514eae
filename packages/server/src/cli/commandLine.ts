import { checkFlags, flags, type Flag, type SettingsDraft } from './flags.ts'
import { refuseContradictingLimits } from './limitFlags.ts'
import { nearestName } from './nearestName.ts'
import { usageError } from './operatorError.ts'
import { defaultSettings, type ServerSettings } from './settings.ts'

/** What the command was asked to do. */
export type Command =
  | { readonly kind: 'start'; readonly settings: ServerSettings }
  | { readonly kind: 'check'; readonly dataDirectory: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

const helpNames = ['--help', '-help', '-h']
const versionNames = ['--version', '-version']
const commandNames = ['start', 'check', 'help', 'version']

type FlagTable = ReadonlyMap<string, Flag>

const byName = (table: readonly Flag[]): FlagTable =>
  new Map(table.flatMap((flag) => flag.names.map((name) => [name, flag] as const)))
const flagsByName = byName(flags)
const checkFlagsByName = byName(checkFlags)

/**
 * Understands the arguments after `dynatom`. A command line of DynamoDB Local works unchanged: what
 * the Java virtual machine was told is left out. Throws OperatorError.
 */
export function parseCommandLine(args: readonly string[]): Command {
  const { own, isLocal } = withoutJava(args)
  const first = own[0]
  if (first === 'help') return { kind: 'help' }
  if (first === 'version') return { kind: 'version' }
  const rest = first === 'start' || first === 'check' ? own.slice(1) : own
  if (rest.some((arg) => helpNames.includes(arg))) return { kind: 'help' }
  if (rest.some((arg) => versionNames.includes(arg))) return { kind: 'version' }
  if (first !== 'check') {
    const settings = parseSettings(rest, flagsByName)
    return { kind: 'start', settings: isLocal ? { ...settings, localHealth: true } : settings }
  }
  return { kind: 'check', dataDirectory: parseSettings(rest, checkFlagsByName).dataDirectory }
}

/**
 * Leaves out leading `-Dname=value` and `-X...` and a `-jar` with its file, which tells that we
 * play DynamoDB Local.
 */
function withoutJava(args: readonly string[]): { own: readonly string[]; isLocal: boolean } {
  let start = 0
  while (/^-(D[\w.]+(=|$)|X)/.test(args[start] ?? '')) start += 1
  const isLocal = args[start] === '-jar' && args[start + 1]?.endsWith('.jar') === true
  return { own: args.slice(isLocal ? start + 2 : start), isLocal }
}

function parseSettings(args: readonly string[], table: FlagTable): ServerSettings {
  const draft: SettingsDraft = { ...defaultSettings }
  const given = new Set<Flag>()
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    const equals = arg.indexOf('=')
    const name = equals < 0 ? arg : arg.slice(0, equals)
    const flag = table.get(name)
    if (flag === undefined) throw unknownArgument(name, table)
    given.add(flag)
    if (flag.placeholder === undefined) {
      if (equals >= 0) throw usageError(`${name} takes no value.`)
      flag.apply(draft, '')
      continue
    }
    const value = equals >= 0 ? arg.slice(equals + 1) : args[(i += 1)]
    if (value === undefined || value === '') throw usageError(`${name} needs a value.`)
    if (equals < 0 && table.has(value)) throw usageError(`${name} needs a value.`)
    flag.apply(draft, value)
  }
  refuseContradiction(given)
  refuseContradictingLimits(draft.limits)
  return draft
}

function refuseContradiction(given: ReadonlySet<Flag>): void {
  const inMemory = given.has(flagsByName.get('--in-memory') as Flag)
  if (!inMemory || !given.has(flagsByName.get('--data-dir') as Flag)) return
  throw usageError('--in-memory and --data-dir exclude each other.')
}

function unknownArgument(name: string, table: FlagTable): Error {
  const isFlag = name.startsWith('-')
  const candidates = isFlag ? [...table.keys(), ...helpNames, ...versionNames] : commandNames
  const nearest = nearestName(name, candidates)
  const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  return usageError(`Unknown ${isFlag ? 'flag' : 'command'} ${name}.${suggestion}`)
}

/** The text of `--help`. */
export function helpText(): string {
  const rows: [string, string][] = []
  for (const { names, placeholder, help } of flags) {
    if (help === undefined) continue
    const value = placeholder === undefined ? '' : ` ${placeholder}`
    rows.push([`${names[0]}${value}`, help])
  }
  rows.push(['--help', 'show this text'], ['--version', 'show the version'])
  const width = Math.max(...rows.map(([left]) => left.length))
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
  return `Usage: dynatom [start] [FLAGS]
       dynatom check [--data-dir DIR]

A DynamoDB-compatible database. Every flag takes its value as --flag VALUE or --flag=VALUE. The
check command proves the store in DIR consistent, prints what is wrong, and exits with 1 if
anything is.

${lines.join('\n')}

The flags of DynamoDB Local work as well: -port, -inMemory, -dbPath, -delayTransientStatuses;
-sharedDb, -cors, -optimizeDbBeforeStartup and -disableTelemetry are accepted and change nothing.
`
}
