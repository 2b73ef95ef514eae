import { systemClock } from '../clock.ts'
import { helpText, parseCommandLine, type Asked, type Command } from './commandLine.ts'
import type { ExecOptions } from './exec/execOptions.ts'
import type { ExplainOptions } from './explain/explainOptions.ts'
import { findConfiguration } from './configuration/findConfiguration.ts'
import { passwordWarning } from './engineAddress.ts'
import { exposureWarning } from './exposure.ts'
import { lowerHelperThreads } from './helperThreads.ts'
import { hushLibraries } from './libraryVoices.ts'
import type { IdentitiesOptions } from './identities/identitiesOptions.ts'
import type { MigrateOptions } from './migration/migrationOptions.ts'
import type { McpOptions } from './mcp/mcpOptions.ts'
import { OperatorError } from './operatorError.ts'
import { readyText, startServer, type RunningServer } from './server.ts'
import type { ServerSettings } from './settings.ts'
import { settingsInForce, type GivenValue } from './settingsInForce.ts'
import type { TailOptions } from './tail/tailOptions.ts'
import { readVersion } from './version.ts'

/** A signal may arrive twice at once, from a terminal and from the script around the server. */
const sameSignalMs = 1000

/** From here on a server that nobody stops has shown which of its code is used. */
const settledMs = 10_000

/** What a start file adds to the command. */
export interface CommandOptions {
  /** Called when a server has been used for a while, and when it has been closed in good order. */
  readonly onUsed?: () => void
}

/**
 * Performs the command whose arguments follow `dynatom`. Resolves to the server if it is one that
 * has been started. What fails is said in one sentence, or as a stack, and ends the process.
 */
export async function runCommand(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<RunningServer | undefined> {
  try {
    return await perform(args, options)
  } catch (error) {
    return fail(error)
  }
}

async function perform(
  args: readonly string[],
  options: CommandOptions,
): Promise<RunningServer | undefined> {
  const command = parseCommandLine(args)
  if (command.kind === 'help') process.stdout.write(helpText())
  else if (command.kind === 'version') process.stdout.write(`${readVersion()}\n`)
  else if (command.kind === 'check') await check(command)
  else if (command.kind === 'migrate') await migrate(command.options)
  else if (command.kind === 'tail') await tail(command.options)
  else if (command.kind === 'mcp') await speakMcp(command.options)
  else if (command.kind === 'exec') await exec(command.options, options)
  else if (command.kind === 'explain') await explainRefusal(command.options)
  else if (command.kind === 'identities') await checkIdentities(command.options)
  else return start(command.asked, options)
  return undefined
}

async function check({
  dataDirectory,
  engine,
}: Extract<Command, { readonly kind: 'check' }>): Promise<void> {
  const { checkDataDirectory, checkEngine } = await import('./checkCommand.ts')
  const write = (text: string): unknown => process.stdout.write(text)
  process.exitCode =
    engine === undefined
      ? await checkDataDirectory(dataDirectory, write)
      : await checkEngine(engine, write)
}

async function migrate(options: MigrateOptions): Promise<void> {
  const { runMigration } = await import('./migration/runMigration.ts')
  await runMigration(options, (text) => process.stdout.write(text))
}

async function tail(options: TailOptions): Promise<void> {
  const { runTail } = await import('./tail/runTail.ts')
  await runTail(options)
}

async function explainRefusal(options: ExplainOptions): Promise<void> {
  const { explain } = await import('./explain/explainCommand.ts')
  await explain(options, process.env, (text) => process.stdout.write(text))
}

async function checkIdentities(options: IdentitiesOptions): Promise<void> {
  const command = await import('./identities/identitiesCommand.ts')
  const write = (text: string): unknown => process.stdout.write(text)
  process.exitCode = await command.checkIdentities(options, systemClock, write)
}

async function speakMcp(options: McpOptions): Promise<void> {
  const { runMcp } = await import('./mcp/runMcp.ts')
  await runMcp(options)
}

/** Runs a command beside a server, and ends as it has ended. */
async function exec(asked: ExecOptions, { onUsed }: CommandOptions): Promise<void> {
  lowerHelperThreads()
  const { runBeside, endAs } = await import('./exec/runExec.ts')
  const server = await startServer(asked.settings, (text) => process.stderr.write(text), fail)
  const ending = await runBeside(server, asked)
  onUsed?.()
  await server.close()
  endAs(ending)
}

async function start(asked: Asked, options: CommandOptions): Promise<RunningServer | undefined> {
  const configFile = asked.configFile ?? findConfiguration(process.cwd())
  const inForce = settingsInForce(asked, configFile === undefined ? [] : await readFile(configFile))
  const warning = passwordWarning(asked.values)
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  if (!asked.printConfig) return serve(inForce.settings, configFile, options)
  const { printedConfiguration } = await import('./configuration/printedConfiguration.ts')
  process.stdout.write(printedConfiguration(inForce, process.env))
  return undefined
}

async function readFile(configFile: string): Promise<readonly GivenValue[]> {
  const { readConfiguration } = await import('./configuration/readConfiguration.ts')
  return readConfiguration(configFile)
}

async function serve(
  settings: ServerSettings,
  configFile: string | undefined,
  { onUsed = () => undefined }: CommandOptions,
): Promise<RunningServer> {
  // A reader of the log that goes away must not take the server with it.
  process.stdout.on('error', () => {})
  hushLibraries(console, (text) => process.stderr.write(text))
  lowerHelperThreads()
  const server = await startServer(settings, (text) => process.stdout.write(text), fail)
  closeOnSignal(() => server.close().then(onUsed))
  systemClock.startTimer(settledMs, onUsed)
  const warning = exposureWarning(settings)
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  process.stdout.write(readyText(readVersion(), settings, server.address, configFile))
  return server
}

/** The first signal closes in good order; another one a while later does not wait for that. */
function closeOnSignal(close: () => Promise<void>): void {
  let firstMs: number | undefined
  const onSignal = (): void => {
    const nowMs = systemClock.monotonicMs()
    if (firstMs === undefined) {
      firstMs = nowMs
      close().then(() => process.exit(0), fail)
    } else if (nowMs - firstMs > sameSignalMs) {
      process.exit(1)
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

function fail(error: unknown): never {
  const isExpected = error instanceof OperatorError
  const text = isExpected ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exit(isExpected ? error.exitCode : 1)
}
