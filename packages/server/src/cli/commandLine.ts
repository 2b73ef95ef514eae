import { applyFlags, byName, helpNames, suggested, versionNames } from './applyFlags.ts'
import { configurationFlags, type ConfigurationDraft } from './configuration/configurationFlags.ts'
import { execFlags, execOptions, newExecDraft, type ExecOptions } from './exec/execOptions.ts'
import { explainFlags, type ExplainDraft, type ExplainOptions } from './explain/explainOptions.ts'
import { checkFlags, flags, type Flag, type SettingsDraft } from './flags.ts'
import {
  identitiesFlags,
  identitiesOptions,
  newIdentitiesDraft,
  type IdentitiesOptions,
} from './identities/identitiesOptions.ts'
import { mcpFlags, newMcpDraft, type McpOptions } from './mcp/mcpOptions.ts'
import {
  migrateFlags,
  migrateOptions,
  type MigrateDraft,
  type MigrateOptions,
} from './migration/migrationOptions.ts'
import { usageError } from './operatorError.ts'
import { defaultSettings } from './settings.ts'
import type { GivenSettings, GivenValue } from './settingsInForce.ts'
import { tailFlags, type TailDraft, type TailOptions } from './tail/tailOptions.ts'

/** What the command was asked to do. */
export type Command =
  | { readonly kind: 'start'; readonly asked: Asked }
  | { readonly kind: 'check'; readonly dataDirectory: string; readonly engine?: string }
  | { readonly kind: 'migrate'; readonly options: MigrateOptions }
  | { readonly kind: 'tail'; readonly options: TailOptions }
  | { readonly kind: 'explain'; readonly options: ExplainOptions }
  | { readonly kind: 'identities'; readonly options: IdentitiesOptions }
  | { readonly kind: 'exec'; readonly options: ExecOptions }
  | { readonly kind: 'mcp'; readonly options: McpOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

/** How a server is to run, and by which configuration file. */
export interface Asked extends GivenSettings {
  /** The file of --config. */
  readonly configFile: string | undefined
  /** Whether to print what is in force, and end. */
  readonly printConfig: boolean
}

/** What the flags of `dynatom start` are put into. */
type StartDraft = SettingsDraft & ConfigurationDraft

const commandNames = [
  'start',
  'check',
  'migrate',
  'tail',
  'explain',
  'identities',
  'exec',
  'mcp',
  'help',
  'version',
]
const commandsWithFlags = ['start', 'check', 'migrate', 'tail', 'explain', 'identities', 'mcp']

const flagsByName = byName(flags)
const startFlagsByName = byName<StartDraft>([...flags, ...configurationFlags])
const checkFlagsByName = byName(checkFlags)
const migrateFlagsByName = byName(migrateFlags)
const tailFlagsByName = byName(tailFlags)
const explainFlagsByName = byName(explainFlags)
const identitiesFlagsByName = byName(identitiesFlags)
const execFlagsByName = byName(execFlags)
const mcpFlagsByName = byName(mcpFlags)

/**
 * Understands the arguments after `dynatom`. A command line of DynamoDB Local works unchanged: what
 * the Java virtual machine was told is left out. Throws OperatorError.
 */
export function parseCommandLine(args: readonly string[]): Command {
  const { own, isLocal } = withoutJava(args)
  const first = own[0]
  if (first === 'help') return { kind: 'help' }
  if (first === 'version') return { kind: 'version' }
  if (first === 'exec') return parseExec(own.slice(1))
  const isNamed = first !== undefined && commandsWithFlags.includes(first)
  const rest = isNamed ? own.slice(1) : own
  if (rest.some((arg) => helpNames.includes(arg))) return { kind: 'help' }
  if (rest.some((arg) => versionNames.includes(arg))) return { kind: 'version' }
  if (first === 'tail') return { kind: 'tail', options: parseTail(rest) }
  if (first === 'explain') return { kind: 'explain', options: parseExplain(rest) }
  if (first === 'identities') return { kind: 'identities', options: parseIdentitiesCheck(rest) }
  if (first === 'mcp') return { kind: 'mcp', options: parseMcp(rest) }
  if (first === 'check') return { kind: 'check', ...parseCheck(rest) }
  if (first === 'migrate') return { kind: 'migrate', options: parseMigrate(rest) }
  return { kind: 'start', asked: parseStart(rest, isLocal) }
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

function parseStart(args: readonly string[], isLocal: boolean): Asked {
  const draft: StartDraft = { ...defaultSettings }
  const { given, operands } = applyFlags(args, startFlagsByName, draft)
  refuseOperands(operands)
  const values = given.flatMap(({ flag, value }): GivenValue[] => {
    const [name = ''] = flag.names
    const setting = flagsByName.get(name)
    return setting === undefined ? [] : [{ flag: setting, name, value, from: name }]
  })
  refuseContradiction(values)
  const { configFile, printConfig = false } = draft
  return { values, isLocal, configFile, printConfig }
}

function parseCheck(args: readonly string[]): {
  readonly dataDirectory: string
  readonly engine?: string
} {
  const draft: SettingsDraft = { ...defaultSettings }
  const { given, operands } = applyFlags(args, checkFlagsByName, draft)
  refuseOperands(operands)
  refuseExclusion(given.map(({ flag }) => flag.names[0] ?? ''))
  const { dataDirectory, engine } = draft
  return { dataDirectory, ...(engine !== undefined && { engine }) }
}

function parseMigrate(args: readonly string[]): MigrateOptions {
  const draft: MigrateDraft = { cancel: false }
  refuseOperands(applyFlags(args, migrateFlagsByName, draft).operands)
  return migrateOptions(draft)
}

function refuseOperands([operand]: readonly string[]): void {
  if (operand !== undefined) throw unknownCommand(operand)
}

function parseTail(args: readonly string[]): TailOptions {
  const draft: TailDraft = { json: false, fromStart: false }
  const { operands } = applyFlags(args, tailFlagsByName, draft)
  const [tableName, ...others] = operands
  if (tableName === undefined) throw usageError('tail needs the name of a table.')
  if (others.length > 0) throw usageError('tail takes one table.')
  return { ...draft, tableName }
}

/** What follows the command's own flags is another command, whose flags are its own affair. */
function parseExec(args: readonly string[]): Command {
  const draft = newExecDraft()
  const { operands } = applyFlags(args, execFlagsByName, draft, { ownFlagsOnly: true })
  if (draft.wantsHelp) return { kind: 'help' }
  return { kind: 'exec', options: execOptions(draft, operands) }
}

function parseExplain(args: readonly string[]): ExplainOptions {
  const draft: ExplainDraft = { json: false }
  const { operands } = applyFlags(args, explainFlagsByName, draft)
  const [requestId, ...others] = operands
  if (others.length > 0) throw usageError('explain takes one request id.')
  return { ...draft, requestId }
}

function parseMcp(args: readonly string[]): McpOptions {
  const draft = newMcpDraft()
  refuseOperands(applyFlags(args, mcpFlagsByName, draft).operands)
  return draft
}

function parseIdentitiesCheck(args: readonly string[]): IdentitiesOptions {
  const draft = newIdentitiesDraft()
  const { operands } = applyFlags(args, identitiesFlagsByName, draft)
  return identitiesOptions(draft, operands)
}

function refuseContradiction(given: readonly GivenValue[]): void {
  refuseExclusion(given.map(({ name }) => name))
}

function refuseExclusion(names: readonly string[]): void {
  const places = ['--in-memory', '--data-dir', '--engine']
  const [one, other] = places.filter((name) => names.includes(name))
  if (other !== undefined) throw usageError(`${one} and ${other} exclude each other.`)
}

const unknownCommand = (name: string): Error =>
  usageError(`Unknown command ${name}.${suggested(name, commandNames)}`)

/** The text of `--help`. */
export function helpText(): string {
  const rows: [string, string][] = [
    ...rowsOf(flags),
    ...rowsOf(configurationFlags),
    ['--help', 'show this text'],
    ['--version', 'show the version'],
  ]
  const tailRows = rowsOf(tailFlags)
  const explainRows = rowsOf(explainFlags)
  const identitiesRows = rowsOf(identitiesFlags)
  const execRows = rowsOf(execFlags.filter((flag) => !flags.includes(flag as Flag)))
  const mcpRows = rowsOf(mcpFlags)
  const migrateRows = rowsOf(migrateFlags)
  const others = [...tailRows, ...explainRows, ...identitiesRows, ...execRows, ...mcpRows]
  const all = [...rows, ...migrateRows, ...others]
  const width = Math.max(...all.map(([left]) => left.length))
  const linesOf = (each: readonly [string, string][]): string =>
    each.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
  return `Usage: dynatom [start] [FLAGS]
       dynatom check [--data-dir DIR | --engine URL]
       dynatom migrate --from PLACE --to PLACE
       dynatom tail TABLE [FLAGS]
       dynatom explain [REQUEST-ID] [FLAGS]
       dynatom identities check FILE [FLAGS]
       dynatom exec [FLAGS] -- COMMAND [ARGUMENTS]
       dynatom mcp [FLAGS]

A DynamoDB-compatible database. Every flag takes its value as --flag VALUE or --flag=VALUE. The
check command proves the store in DIR consistent, prints what is wrong, and exits with 1 if
anything is. The migrate command moves a store from a data directory into PostgreSQL or back, while
it is in use. The tail command shows the changes of a table as they are made. The explain command
tells why a request was refused, by a server with --lab. The identities check command reads a file
of identities and explains what a user or a role may do. The exec command runs COMMAND beside an
empty database in memory, which its environment names, and ends with its status. The mcp command
speaks the Model Context Protocol for a database, by the package @dynatom/mcp.

${linesOf(rows)}

Flags of migrate:

${linesOf(migrateRows)}

Flags of tail:

${linesOf(tailRows)}

Flags of explain:

${linesOf(explainRows)}

Flags of identities check:

${linesOf(identitiesRows)}

Flags of exec, beside those of start that are not about a data directory, hosts, keys and TLS:

${linesOf(execRows)}

Flags of mcp:

${linesOf(mcpRows)}

The flags of DynamoDB Local work as well: -port, -inMemory, -dbPath, -delayTransientStatuses;
-sharedDb, -cors, -optimizeDbBeforeStartup and -disableTelemetry are accepted and change nothing.
`
}

/** The lines of the help: flag and text. */
function rowsOf<Draft>(table: readonly Flag<Draft>[]): [string, string][] {
  return table.flatMap(({ names, placeholder, help }): [string, string][] => {
    if (help === undefined) return []
    return [[`${names[0]}${placeholder === undefined ? '' : ` ${placeholder}`}`, help]]
  })
}
