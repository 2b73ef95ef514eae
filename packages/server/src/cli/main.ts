#!/usr/bin/env node
import { systemClock } from '../clock.ts'
import { helpText, parseCommandLine, type Asked } from './commandLine.ts'
import { findConfiguration } from './configuration/findConfiguration.ts'
import { exposureWarning } from './exposure.ts'
import { hushLibraries } from './libraryVoices.ts'
import type { IdentitiesOptions } from './identities/identitiesOptions.ts'
import { OperatorError } from './operatorError.ts'
import type { ServerSettings } from './settings.ts'
import { settingsInForce, type GivenValue } from './settingsInForce.ts'
import type { TailOptions } from './tail/tailOptions.ts'
import { readVersion } from './version.ts'

/** A signal may arrive twice at once, from a terminal and from the script around the server. */
const sameSignalMs = 1000

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2))
  if (command.kind === 'help') process.stdout.write(helpText())
  else if (command.kind === 'version') process.stdout.write(`${readVersion()}\n`)
  else if (command.kind === 'check') await check(command.dataDirectory)
  else if (command.kind === 'tail') await tail(command.options)
  else if (command.kind === 'identities') await checkIdentities(command.options)
  else await start(command.asked)
}

async function check(dataDirectory: string): Promise<void> {
  const { checkDataDirectory } = await import('./checkCommand.ts')
  process.exitCode = await checkDataDirectory(dataDirectory, (text) => process.stdout.write(text))
}

async function tail(options: TailOptions): Promise<void> {
  const { runTail } = await import('./tail/runTail.ts')
  await runTail(options)
}

async function checkIdentities(options: IdentitiesOptions): Promise<void> {
  const command = await import('./identities/identitiesCommand.ts')
  const write = (text: string): unknown => process.stdout.write(text)
  process.exitCode = await command.checkIdentities(options, systemClock, write)
}

async function start(asked: Asked): Promise<void> {
  const configFile = asked.configFile ?? findConfiguration(process.cwd())
  const inForce = settingsInForce(asked, configFile === undefined ? [] : await readFile(configFile))
  if (!asked.printConfig) return serve(inForce.settings, configFile)
  const { printedConfiguration } = await import('./configuration/printedConfiguration.ts')
  process.stdout.write(printedConfiguration(inForce, process.env))
}

async function readFile(configFile: string): Promise<readonly GivenValue[]> {
  const { readConfiguration } = await import('./configuration/readConfiguration.ts')
  return readConfiguration(configFile)
}

async function serve(settings: ServerSettings, configFile: string | undefined): Promise<void> {
  // A reader of the log that goes away must not take the server with it.
  process.stdout.on('error', () => {})
  hushLibraries(console, (text) => process.stderr.write(text))
  const { readyText, startServer } = await import('./server.ts')
  const server = await startServer(settings, (text) => process.stdout.write(text), fail)
  closeOnSignal(() => server.close())
  const warning = exposureWarning(settings)
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  process.stdout.write(readyText(readVersion(), settings, server.address, configFile))
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

main().catch(fail)
