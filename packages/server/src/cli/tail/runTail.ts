import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { systemClock } from '../../clock.ts'
import { OperatorError } from '../operatorError.ts'
import { ApiConnection } from './apiConnection.ts'
import { tailTable } from './tailCommand.ts'
import { targetOf, type TailOptions } from './tailOptions.ts'

/**
 * `dynatom tail` in this process. Resolves when the stream has ended, when a signal asks for the
 * end, or when nobody reads the output any more. Throws OperatorError.
 */
export async function runTail(options: TailOptions): Promise<void> {
  const target = targetOf(options, process.env)
  const connection = new ApiConnection(target, systemClock)
  const stopping = new AbortController()
  const stop = (reason?: OperatorError): void => {
    stopping.abort(reason)
    connection.close()
  }
  // Another signal ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop())
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') stop()
    else stop(new OperatorError(`The output cannot be written: ${message}.`))
  })
  process.stderr.on('error', () => stop())
  const release = holdProcess()
  try {
    await tailTable(options, {
      call: (service, operation, request) => connection.call(service, operation, request),
      endpoint: target.endpoint,
      clock: systemClock,
      write: (text) => writeOut(text, stopping.signal),
      note: (text) => process.stderr.write(`${text}\n`),
      signal: stopping.signal,
      colours: process.stdout.isTTY && !process.env['NO_COLOR'],
    })
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    release()
    connection.close()
  }
  const reason: unknown = stopping.signal.reason
  if (reason instanceof OperatorError) throw reason
}

/** Resolves when the output can take more. */
async function writeOut(text: string, signal: AbortSignal): Promise<void> {
  if (process.stdout.write(text) || signal.aborted) return
  await once(process.stdout, 'drain', { signal })
}

/** The clock's timers keep no process alive; a port that is listened to does. */
function holdProcess(): () => void {
  const { port1 } = new MessageChannel()
  port1.on('message', () => {})
  return () => port1.close()
}
