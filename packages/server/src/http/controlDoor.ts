import {
  ControlError,
  controlNeedsJson,
  controlNotFound,
  controlTokenMissing,
  controlTokenNeeded,
  controlTooLarge,
  foreignHost,
  foreignOrigin,
  invalidControl,
} from '../errors/controlErrors.ts'
import { ApiError } from '../errors/apiError.ts'
import type { RequestContext } from '../wire/dispatcher.ts'
import { maxJsonLevels, parseBody } from '../wire/parseBody.ts'
import { bearerCheck } from './bearerToken.ts'
import { controlAnswer, controlRefusal } from './controlAnswer.ts'
import { isOfOwnOrigin, type OwnHosts } from './ownHosts.ts'
import { headerOf, type RawRequest, type RawResponse } from './rawMessage.ts'

const prefix = '/_dynatom'

/** A request that has passed all checks. */
export interface ControlRequest {
  readonly method: string
  /** Below `/_dynatom`, such as `/lab/faults`. */
  readonly path: string
  readonly query: URLSearchParams
  /** The body, parsed; undefined without one. */
  readonly body: unknown
  /** Who signed it, where signatures stand for the token. */
  readonly signer?: RequestContext
}

/** What is behind the door: gives an answer that becomes JSON. Rejects with a ControlError. */
export type ControlSurface = (request: ControlRequest) => Promise<object>

export interface ControlDoorOptions {
  /** Nothing is there without one. */
  readonly surface: ControlSurface | undefined
  /** What every request must bear, if there is one. */
  readonly token: string | undefined
  /** Whether nobody is let in without a token, as where signatures are verified. */
  readonly needsToken: boolean
  /**
   * Who signed a request, where that stands for the token: what is behind the door shows each what
   * he may see. Throws an ApiError unless the signature is good.
   */
  readonly signerOf?: ((request: RawRequest, requestId: string) => RequestContext) | undefined
  readonly maxBodyBytes: number
  /** By which requests come. */
  readonly hosts: OwnHosts
  /** Told of a fault of our own. */
  readonly onFault: (requestId: string, error: unknown) => void
}

/** Whether a request is for the door. */
export const isControl = ({ url }: RawRequest): boolean => isBelow(url, prefix)

/** Whether a request is for what may be looked at, below the door. */
export const isWatch = ({ url }: RawRequest): boolean => isBelow(url, `${prefix}/watch`)

function isBelow(url: string, path: string): boolean {
  if (!url.startsWith(path)) return false
  const next = url.charAt(path.length)
  return next === '' || next === '/' || next === '?'
}

/**
 * Everything under `/_dynatom`. It can change the database and what it does, so no web page gets
 * at it: a request comes by a name of the machine itself or one that is listened on, which a page
 * of another host cannot make its browser do; it has no Origin but that of the server; one that
 * changes something is JSON, which no form can send; no answer may be read by another origin.
 * Beyond loopback, or where signatures are verified, it bears a token, or a good signature where
 * what is behind the door asks what the signer may see.
 */
export class ControlDoor {
  private readonly options: ControlDoorOptions
  private readonly bears: ((request: RawRequest) => boolean) | undefined

  constructor(options: ControlDoorOptions) {
    this.options = options
    this.bears = options.token === undefined ? undefined : bearerCheck(options.token)
  }

  /** Never rejects. */
  async answer(request: RawRequest, requestId: string): Promise<RawResponse> {
    try {
      const answered = await this.performed(request, requestId)
      return controlAnswer(request, requestId, { statusCode: 200, content: answered })
    } catch (error) {
      return this.refusal(request, requestId, error)
    }
  }

  private async performed(request: RawRequest, requestId: string): Promise<object> {
    const { surface } = this.options
    const { path, query } = placeOf(request)
    if (surface === undefined) throw controlNotFound(`${prefix}${path}`)
    this.check(request)
    const signer = this.options.signerOf?.(request, requestId)
    const asked = { method: methodOf(request), path, query, body: bodyOf(request) }
    return surface(signer === undefined ? asked : { ...asked, signer })
  }

  /** Throws unless the request may be made. */
  private check(request: RawRequest): void {
    const { hosts, needsToken, signerOf, maxBodyBytes } = this.options
    if (!hosts.areAskedBy(request)) throw foreignHost()
    if (!isOfOwnOrigin(request)) throw foreignOrigin()
    if (signerOf === undefined) this.checkToken(request, needsToken || hosts.isBeyondLoopback)
    if (request.isTooLarge === true || request.body.length > maxBodyBytes) throw controlTooLarge()
    if (methodOf(request) !== 'GET' && !isJson(request)) throw controlNeedsJson()
  }

  private checkToken(request: RawRequest, isNeeded: boolean): void {
    if (this.bears !== undefined) {
      if (!this.bears(request)) throw controlTokenNeeded()
    } else if (isNeeded) throw controlTokenMissing()
  }

  private refusal(request: RawRequest, requestId: string, error: unknown): RawResponse {
    if (error instanceof ControlError) return controlRefusal(request, requestId, error)
    if (error instanceof ApiError) {
      const { name, statusCode } = error.kind
      const content = { error: name, message: error.message, ...error.members }
      return controlAnswer(request, requestId, { statusCode, content })
    }
    this.options.onFault(requestId, error)
    const content = { error: 'InternalError', message: `See the log for ${requestId}.` }
    return controlAnswer(request, requestId, { statusCode: 500, content })
  }
}

const methodOf = ({ method }: RawRequest): string => (method === 'HEAD' ? 'GET' : method)

function placeOf({ url }: RawRequest): Pick<ControlRequest, 'path' | 'query'> {
  const question = url.indexOf('?')
  const path = question === -1 ? url.slice(prefix.length) : url.slice(prefix.length, question)
  return { path, query: new URLSearchParams(question === -1 ? '' : url.slice(question + 1)) }
}

function isJson(request: RawRequest): boolean {
  const [type = ''] = (headerOf(request, 'content-type') ?? '').split(';')
  return type.trim().toLowerCase() === 'application/json'
}

function bodyOf({ body }: RawRequest): unknown {
  if (body.length === 0) return undefined
  const content = parsed(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'))
  if (nestsBeyond(content, maxJsonLevels)) throw invalidControl(unreadable)
  return content
}

const unreadable = 'The body is no JSON, or is nested beyond reason.'

function parsed(text: string): unknown {
  try {
    return parseBody(text)
  } catch {
    throw invalidControl(unreadable)
  }
}

/** What is behind the door may walk through a body as it likes. */
function nestsBeyond(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((member) => nestsBeyond(member, levels - 1))
}
