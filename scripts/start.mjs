/** `npm start`: installs and builds when that is needed, then serves. Arguments go to the server. */
import { buildIfNeeded, installIfNeeded, run, startFile } from './workspace.mjs'

const parentCheckMs = 500

/** npm runs scripts in a shell, and a signal to npm ends that shell without reaching this process. */
function endWithShell() {
  const shell = process.ppid
  setInterval(() => {
    if (process.ppid !== shell) process.emit('SIGTERM', 'SIGTERM')
  }, parentCheckMs).unref()
}

if (process.env.npm_lifecycle_event !== undefined) endWithShell()
process.exitCode =
  (await installIfNeeded()) ||
  (await buildIfNeeded({ warmUp: false })) ||
  (await run(process.execPath, [startFile, 'start', ...process.argv.slice(2)]))
