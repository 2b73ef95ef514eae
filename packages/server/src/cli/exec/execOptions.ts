import { helpNames } from '../applyFlags.ts'
import { defaultServerLimits } from '../../http/serverLimits.ts'
import { flags, type Flag, type SettingsDraft } from '../flags.ts'
import { usageError } from '../operatorError.ts'
import { defaultSettings, type ServerSettings } from '../settings.ts'

/** What `dynatom exec` was asked for. */
export interface ExecOptions {
  /** How the server runs beside the command: in memory, on loopback. */
  readonly settings: ServerSettings
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]]
}

/** Options while they are being read. */
export interface ExecDraft extends SettingsDraft {
  wantsHelp?: boolean
}

/** What the command has left running is not waited for longer. */
const closeTimeoutMs = 1000

/** Of `dynatom start` what cannot be said of a database that nobody else uses. */
const notForExec = [
  '--port',
  '--host',
  '--data-dir',
  '--in-memory',
  '--verify-store',
  '--skip-store-verification',
  '--max-journal-bytes',
  '--auth',
  '--identities',
  '--audit',
  '--tls-cert',
  '--tls-key',
  '--metrics-token-file',
  '--log',
  '--lab',
  '--control-token-file',
  '--console',
]

const namesake = (name: string): Flag => {
  const found = flags.find(({ names }) => names[0] === name)
  if (found === undefined) throw new TypeError(`There is no flag ${name}.`)
  return found
}

/** Every flag of `dynatom exec`, in the order of the help; those of `start` keep their meaning. */
export const execFlags: readonly Flag<ExecDraft>[] = [
  { ...namesake('--port'), names: ['--port'], help: 'port to listen on (a free one)' },
  {
    ...namesake('--log'),
    help: 'log a line for each request, on standard error (silent)',
  },
  ...flags.filter(({ names: [name = ''] }) => name.startsWith('--') && !notForExec.includes(name)),
  {
    names: helpNames,
    apply: (draft) => {
      draft.wantsHelp = true
    },
  },
]

/** What a command line is put into: a free port, and no log between the command's output. */
export function newExecDraft(): ExecDraft {
  const limits = { ...defaultServerLimits, closeTimeoutMs }
  return {
    ...defaultSettings,
    limits,
    inMemory: true,
    lab: true,
    port: 0,
    hosts: ['127.0.0.1'],
    log: 'silent',
  }
}

/** Throws OperatorError. */
export function execOptions(draft: ExecDraft, operands: readonly string[]): ExecOptions {
  const [program, ...args] = operands
  if (program === undefined) throw usageError('exec needs a command: dynatom exec -- npm test.')
  const settings = { ...draft }
  delete settings.wantsHelp
  return { settings, command: [program, ...args] }
}
