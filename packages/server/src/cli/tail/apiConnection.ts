import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Clock } from '../../clock.ts'
import { signedHeaders } from './requestSignature.ts'
import type { TailTarget } from './tailOptions.ts'

/** An error that the server has answered with. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  /** What DynamoDB calls it, such as ResourceNotFoundException. */
  readonly errorName: string
  readonly statusCode: number
  /** The answer, with its other members, such as CancellationReasons. */
  readonly answer: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined

  constructor(
    errorName: string,
    statusCode: number,
    message: string,
    { answer = {}, requestId }: Partial<Pick<ApiFailure, 'answer' | 'requestId'>> = {},
  ) {
    super(message)
    this.errorName = errorName
    this.statusCode = statusCode
    this.answer = answer
    this.requestId = requestId
  }
}

/** No answer came: the server cannot be reached, or went away. The message says why. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** An answer came that DynamoDB does not give. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer'
}

export type Service = 'DynamoDB_20120810' | 'DynamoDBStreams_20120810'

/** What came back for a request. */
interface Exchanged {
  readonly status: number
  readonly text: string
  readonly requestId: string | undefined
}

/** How long an answer may take. */
const patienceMs = 30_000

/** Sends requests to a server, one after the other over one connection, signed. */
export class ApiConnection {
  readonly #target: TailTarget
  readonly #clock: Clock
  readonly #agent: HttpAgent

  constructor(target: TailTarget, clock: Clock) {
    this.#target = target
    this.#clock = clock
    const options = { keepAlive: true, maxSockets: 1 }
    const isSecure = target.endpoint.protocol === 'https:'
    this.#agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options)
  }

  /** The answer. Rejects with {@link ApiFailure}, {@link NoAnswer} or {@link StrangeAnswer}. */
  async call<Answer extends object>(
    service: Service,
    operation: string,
    request: object,
  ): Promise<Answer> {
    const { status, text, requestId } = await this.#exchange(`${service}.${operation}`, request)
    const answer = parsed(text)
    if (status === 200 && answer !== undefined) return answer as Answer
    const { __type: type, message = '', Message = message } = answer ?? {}
    if (typeof type !== 'string') throw new StrangeAnswer(`HTTP ${status}`)
    const name = type.slice(type.indexOf('#') + 1)
    throw new ApiFailure(name, status, String(Message), { answer: answer ?? {}, requestId })
  }

  /** Gives up what is under way. */
  close(): void {
    this.#agent.destroy()
  }

  #exchange(target: string, content: object): Promise<Exchanged> {
    const { endpoint, ...signer } = this.#target
    const body = JSON.stringify(content)
    const path = endpoint.pathname
    const headers = signedHeaders(
      {
        method: 'POST',
        path,
        headers: {
          host: endpoint.host,
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': target,
        },
        body,
      },
      { ...signer, service: 'dynamodb' },
      this.#clock.nowMs(),
    )
    const options = { method: 'POST', path, headers, agent: this.#agent }
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new NoAnswer(reasonOf(error), { cause: error }))
      const receive = (response: IncomingMessage): void => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.once('error', fail)
        response.once('end', () => {
          const { 'x-amzn-requestid': id } = response.headers
          const requestId = Array.isArray(id) ? id[0] : id
          resolve({ status: response.statusCode as number, text, requestId })
        })
      }
      const send = endpoint.protocol === 'https:' ? httpsRequest : httpRequest
      const sent = send(endpoint, options, receive)
      sent.once('error', fail)
      sent.setTimeout(patienceMs, () => sent.destroy(new Error('it does not answer')))
      sent.end(body)
    })
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Why a connection failed, as the end of a sentence. */
function reasonOf(error: Error): string {
  const { code = '' } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no address is known for this host'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'it closed the connection'
    default:
      return error.message || code
  }
}
