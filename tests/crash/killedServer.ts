import { setTimeout as pause } from 'node:timers/promises'
import { checkStore, type Launch } from '../means/commandProcess.mjs'
import { DynatomProcess } from '../means/dynatomProcess.ts'
import { httpClient, type Client } from '../means/httpClient.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { StartKill } from './startKills.ts'
import { within } from './within.ts'

export interface StartOptions extends Launch {
  /** When the store takes what the journal holds; what the server thinks best when absent. */
  readonly maxJournalBytes?: number | undefined
  /** Further flags. */
  readonly flags?: readonly string[]
}

/** Starts a server on a directory; there is a client when it is ready. */
export async function startServer(
  directory: string,
  options: StartOptions = {},
): Promise<{ server: DynatomProcess; client: Client }> {
  const { maxJournalBytes: bytes, flags = [] } = options
  const journal = bytes === undefined ? [] : ['--max-journal-bytes', String(bytes)]
  const args = [...serverArguments(directory), ...journal, ...flags]
  const server = new DynatomProcess(args, undefined, options)
  return { server, client: httpClient(await within('start', server.endpoint())) }
}

export const serverArguments = (directory: string): string[] => [
  '--port',
  '0',
  '--data-dir',
  directory,
  '--log',
  'silent',
]

/** Kills a server that is starting, or just has started; tells whether it was ready. */
export async function killDuringStart(directory: string, kill: StartKill): Promise<boolean> {
  const server = new DynatomProcess(serverArguments(directory))
  if ('delayMs' in kill) await pause(kill.delayMs)
  else {
    await within('start', server.endpoint())
    await pause(kill.delayAfterReadyMs)
  }
  const { stdout, stderr } = await server.kill('SIGKILL')
  if (stderr !== '') throw new Error(`the server complained while it started: ${stderr}`)
  return stdout.includes('is ready')
}

/** Ends a server in good order and kills it before it may be done; tells whether it was. */
export async function killDuringShutdown(
  server: DynatomProcess,
  random: SeededRandom,
): Promise<boolean> {
  server.child.kill('SIGTERM')
  await pause(random.below(40))
  const { code, stderr } = await server.kill('SIGKILL')
  if (stderr !== '') throw new Error(`the server complained while it ended: ${stderr}`)
  return code === 0
}

/** `dynatom check` finds nothing wrong in the store. */
export async function expectCleanCheck(directory: string): Promise<void> {
  const { code, output } = await within('dynatom check', checkStore(directory))
  if (code !== 0) throw new Error(`dynatom check ended with ${code}:\n${output}`)
}
