import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { OperatorError } from '../operatorError.ts'
import type { RunningServer } from '../server.ts'
import { childEnvironment, environmentWarning } from './childEnvironment.ts'
import type { ExecOptions } from './execOptions.ts'

/** How a command ended: one of both is null. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const passedOn: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
]

/** What a terminal sends to the command by itself. */
const ofTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/**
 * Runs the command beside `server`, with this process's input and output, and resolves to how it
 * ended. Signals are passed on to it meanwhile. Rejects with an OperatorError, whose code is a
 * shell's, for a program that cannot be started.
 */
export function runBeside(
  { address }: RunningServer,
  { command, settings }: ExecOptions,
): Promise<Ending> {
  const warning = environmentWarning(process.env)
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
  const [program, ...args] = command
  const env = childEnvironment(process.env, {
    endpoint: address.endpoint,
    region: settings.region,
  })
  return new Promise((resolve, reject) => {
    // A signal may come as soon as the command runs, before its process is known here.
    const stopPassing = passSignals((signal) => child.kill(signal))
    const child = spawn(program, args, { env, stdio: 'inherit' })
    child.once('error', (error) => {
      stopPassing()
      reject(spawnFailure(program, error))
    })
    child.once('exit', (code, signal) => {
      stopPassing()
      resolve({ code, signal })
    })
  })
}

/** Ends this process as the command has ended: with its code, or by its signal. */
export function endAs({ code, signal }: Ending): void {
  if (signal === null) process.exit(code ?? 1)
  process.kill(process.pid, signal)
  // A signal that this process outlives, such as one that its parent has it ignore.
  process.exitCode = 128 + constants.signals[signal]
}

function passSignals(to: (signal: NodeJS.Signals) => void): () => void {
  const isOnTerminal = process.stdin.isTTY
  const passes = passedOn.map((signal) => {
    const isSent = isOnTerminal && ofTerminal.includes(signal)
    const pass = (): void => {
      if (!isSent) to(signal)
    }
    process.on(signal, pass)
    return { signal, pass }
  })
  return () => {
    for (const { signal, pass } of passes) process.off(signal, pass)
  }
}

function spawnFailure(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT') {
    return new OperatorError(`dynatom exec: there is no command "${program}".`, 127)
  }
  if (error.code === 'EACCES') {
    return new OperatorError(`dynatom exec: "${program}" cannot be executed.`, 126)
  }
  return error
}
