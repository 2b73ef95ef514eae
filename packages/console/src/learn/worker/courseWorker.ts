import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as documents from '@aws-sdk/lib-dynamodb'
import type { WorkerMessage, WorkerTask } from '../messages.ts'
import { leadRequests, takeAwayShared } from './confine.ts'
import { withoutImports, type Packages } from './imports.ts'
import { shownValue } from './shownValue.ts'

/*
 * Runs one program of a course. The page ends this worker when the program has ended, or when its
 * time is over. What it may do is said by the policy that the server sends with this script.
 */

const tell = (message: WorkerMessage): void => globalThis.postMessage(message, { transfer: [] })
const print = (...values: readonly unknown[]): void =>
  tell({ kind: 'line', text: values.map(shownValue).join(' ') })

/** The SDK, whose clients know this server and the key of the course by themselves. */
function packagesFor({ region, accessKeyId }: WorkerTask): Packages {
  const endpoint = globalThis.location.origin
  const known = {
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 3,
  }
  class DynamoDBClient extends dynamodb.DynamoDBClient {
    constructor(config: dynamodb.DynamoDBClientConfig = {}) {
      super({ ...known, ...config })
    }
  }
  class DynamoDB extends dynamodb.DynamoDB {
    constructor(config: dynamodb.DynamoDBClientConfig = {}) {
      super({ ...known, ...config })
    }
  }
  return {
    '@aws-sdk/client-dynamodb': { ...dynamodb, DynamoDBClient, DynamoDB },
    '@aws-sdk/lib-dynamodb': { ...documents },
  }
}

type Program = (packages: Packages) => Promise<void>

/** The one place where text becomes code; the policy of this worker allows it, that of no page. */
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...texts: string[]
) => Program

/** The engine counts the line that it puts before the body, and the brace. */
const linesBefore = 2

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown: ${shownValue(error)}`
  const [, line] = /<anonymous>:(\d+):\d+\)?$/m.exec(error.stack ?? '') ?? []
  const place = line === undefined ? '' : ` (line ${Number(line) - linesBefore})`
  return `${shownValue(error)}${place}`
}

async function perform(task: WorkerTask): Promise<void> {
  takeAwayShared()
  leadRequests(task.accessKeyId, (refusal) => tell({ kind: 'refused', refusal }))
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    globalThis.console[name] = print
  }
  try {
    const packages = packagesFor(task)
    const body = `'use strict';${withoutImports(task.program, packages)}`
    await new AsyncFunction('packages', body)(packages)
    tell({ kind: 'ended' })
  } catch (error) {
    tell({ kind: 'failed', text: failureText(error) })
  }
}

globalThis.addEventListener('message', ({ data }: MessageEvent<WorkerTask>) => void perform(data), {
  once: true,
})
tell({ kind: 'ready' })
