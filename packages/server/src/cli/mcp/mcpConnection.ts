import { namespacePrefix } from '../../access/namespaceName.ts'
import type { Clock } from '../../clock.ts'
import { ApiConnection, ApiFailure } from '../tail/apiConnection.ts'
import type { TailTarget } from '../tail/tailOptions.ts'
import type { McpConnection } from './mcpPackage.ts'

/** How long an answer of the lab may take. */
const patienceMs = 30_000

/** An error that the database has answered with, as the tools tell it. */
export class AnsweredError extends Error {
  readonly requestId: string | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    name: string,
    message: string,
    requestId?: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.name = name
    this.requestId = requestId
    this.details = details
  }
}

/** The way to the database at `target`, and to its lab, which may want to be shown a token. */
export function mcpConnection(
  target: TailTarget,
  controlToken: string | undefined,
  clock: Clock,
): McpConnection {
  const connection = new ApiConnection(target, clock)
  return {
    async perform(operation, input) {
      try {
        return await connection.call('DynamoDB_20120810', operation, input)
      } catch (error) {
        throw toldError(error, target)
      }
    },
    async lab({ method, path, body }) {
      const url = new URL(`/_dynatom/lab${path}`, target.endpoint)
      // The lab of the database that the key chooses.
      if (target.accessKeyId.startsWith(namespacePrefix) && path !== documentPath) {
        url.searchParams.set('namespace', target.accessKeyId.slice(namespacePrefix.length))
      }
      const headers = {
        'content-type': 'application/json',
        ...(controlToken !== undefined && { authorization: `Bearer ${controlToken}` }),
      }
      const signal = AbortSignal.timeout(patienceMs)
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      let response: Response
      try {
        response = await fetch(url, { method, headers, signal, ...sent })
      } catch (error) {
        const { message } = ((error as Error).cause ?? error) as Error
        throw new AnsweredError('NoAnswer', `${target.endpoint.origin} does not answer: ${message}`)
      }
      const content = (await response.json().catch(() => ({}))) as Record<string, unknown>
      if (response.ok) return content
      const { error, message, ...details } = content
      const isText = typeof error === 'string' && typeof message === 'string'
      if (isText) throw new AnsweredError(error, message, undefined, details)
      throw new AnsweredError('StrangeAnswer', `HTTP ${response.status}`)
    },
  }
}

const documentPath = '/openapi.json'

function toldError(error: unknown, { endpoint }: TailTarget): unknown {
  if (!(error instanceof ApiFailure)) {
    if (!(error instanceof Error)) return error
    return new AnsweredError(error.name, `${endpoint.origin} does not answer: ${error.message}`)
  }
  const { __type: _type, message: _message, Message: _text, ...details } = error.answer
  return new AnsweredError(error.errorName, error.message, error.requestId, details)
}
