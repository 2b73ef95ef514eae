import { readMessage, type Refusal, type WorkerTask } from './messages.ts'

const workerPath = '/_dynatom/console/workers/courseWorker.js'
/** How long a program runs at most. */
export const mostSeconds = 10
const mostLines = 500

export interface RunOptions {
  readonly courseName: string
  readonly task: WorkerTask
  readonly onLine: (text: string) => void
  readonly onRefusal: (refusal: Refusal) => void
  /** Ends the program. */
  readonly signal: AbortSignal
}

/** How a program ended. */
export interface RunEnd {
  readonly lines: readonly string[]
  readonly refusals: readonly Refusal[]
  /** Why it did not come to its end; undefined if it did. */
  readonly failure?: string
}

/** Browsers that enforce Trusted Types take a worker's address from a policy alone. */
interface TypesFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL: (course: string) => string },
  ): { createScriptURL(course: string): string }
}

const addressOf = (course: string): string => `${workerPath}?course=${encodeURIComponent(course)}`
const policy = (globalThis as { readonly trustedTypes?: TypesFactory }).trustedTypes?.createPolicy(
  'dynatom-course-worker',
  { createScriptURL: addressOf },
)

/**
 * Runs a program of a course in a worker of its own, and ends that when the program has ended or
 * its time is over. Never rejects.
 */
export function runProgram(options: RunOptions): Promise<RunEnd> {
  const { courseName, task, onLine, onRefusal, signal } = options
  const lines: string[] = []
  const refusals: Refusal[] = []
  const worker = new Worker(policy?.createScriptURL(courseName) ?? addressOf(courseName))
  return new Promise((resolve) => {
    const finish = (failure?: string): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      worker.terminate()
      resolve({ lines, refusals, ...(failure !== undefined && { failure }) })
    }
    const stop = (): void => finish('Stopped.')
    const timer = setTimeout(
      () => finish(`Ended after ${mostSeconds} seconds: that is as long as a program may run.`),
      mostSeconds * 1000,
    )
    signal.addEventListener('abort', stop)
    if (signal.aborted) return stop()
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      finish(event.message || 'The worker could not be started.')
    })
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const message = readMessage(data)
      if (message?.kind === 'ready') worker.postMessage(task, [])
      else if (message?.kind === 'ended') finish()
      else if (message?.kind === 'failed') finish(message.text)
      else if (message?.kind === 'line' && lines.length < mostLines) {
        lines.push(message.text)
        onLine(message.text)
      } else if (message?.kind === 'refused' && refusals.length < mostLines) {
        refusals.push(message.refusal)
        onRefusal(message.refusal)
      }
    })
  })
}
