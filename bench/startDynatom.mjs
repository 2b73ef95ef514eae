import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startFile } from '../scripts/workspace.mjs'

/** Runs the command `dynatom`; `env` is what its environment has beside that of this process. */
export const runDynatom = (args, env) =>
  spawn(process.execPath, [startFile, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

/** The port of a server that was begun with {@link runDynatom}, once it is ready. */
export async function portOf(child) {
  const [said] = await once(child.stdout, 'data')
  return Number(/127\.0\.0\.1:(\d+)/.exec(String(said))[1])
}

/** What a server on any port is started with, beside where its store is. */
export const serverArguments = ['start', '--port', '0', '--log', 'silent']
