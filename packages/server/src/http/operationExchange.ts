import { ApiError } from '../errors/apiError.ts'
import { serviceUnavailable, unknownOperation } from '../errors/protocolErrors.ts'
import { internalServerError } from '../errors/wireErrors.ts'
import type { RequestTrace } from '../operations/dispatcher.ts'
import { encodeError } from '../wire/errorBody.ts'
import { parseBody } from '../wire/parseBody.ts'
import type { Admission } from './admission.ts'
import { buildResponse } from './buildResponse.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'
import { bodyTextOf } from './requestBody.ts'
import type { ResponderOptions } from './responderOptions.ts'
import { parseSignature } from './signature.ts'

const targetPrefix = 'DynamoDB_20120810.'

/** What all requests of a server have in common. */
export interface ExchangeOptions extends ResponderOptions {
  readonly admission: Admission
  readonly maxBodyBytes: number
}

/** One request for an operation, from its body to its answer and its entry in the log. */
export class OperationExchange {
  private readonly options: ExchangeOptions
  private readonly request: RawRequest
  private readonly requestId: string
  private readonly contentType: string
  private readonly operation: string
  private readonly startMs: number
  private readonly trace: RequestTrace | undefined
  /** The bytes that the request has a place for; undefined without a place. */
  private admittedBytes: number | undefined = undefined

  /** `contentType` is that of the response. */
  constructor(
    options: ExchangeOptions,
    request: RawRequest,
    requestId: string,
    contentType: string,
  ) {
    const isLogged = options.onRequest !== undefined
    this.options = options
    this.request = request
    this.requestId = requestId
    this.contentType = contentType
    this.operation = operationOf(request)
    this.startMs = isLogged ? options.clock.monotonicMs() : 0
    this.trace = isLogged ? {} : undefined
  }

  /** Checks JSON, target and signature, then dispatches if there is a place for the request. */
  answer(): Promise<RawResponse> {
    const { options, operation, requestId } = this
    try {
      const bodyText = bodyTextOf(this.request, options.maxBodyBytes)
      const accessKeyId = this.identify(bodyText)
      this.enter(bodyText.length)
      const context = { requestId, region: options.region, accessKeyId }
      return options.dispatcher.dispatch(operation, bodyText, context, this.trace).then(
        (body) => {
          this.leave()
          return this.finish(200, body)
        },
        (error: unknown) => this.refuse(error),
      )
    } catch (error) {
      return Promise.resolve(this.refuse(error))
    }
  }

  /** The answer to a request that failed. What is no ApiError is a fault of the server's own. */
  refuse(error: unknown): RawResponse {
    this.leave()
    if (error instanceof ApiError) {
      return this.finish(error.kind.statusCode, encodeError(error), error.kind.name)
    }
    this.options.onInternalError?.(this.requestId, error)
    return this.refuse(internalServerError())
  }

  /** Checks target and signature; returns the access key id. */
  private identify(bodyText: string): string {
    try {
      if (!this.options.dispatcher.performs(this.operation)) throw unknownOperation()
      const signature = parseSignature(this.request)
      this.options.authenticate.authenticate(this.request, signature)
      return signature.accessKeyId
    } catch (error) {
      // DynamoDB looks for bodies that are no JSON first. So do we, yet parse good requests once.
      parseBody(bodyText)
      throw error
    }
  }

  private enter(bodyBytes: number): void {
    const { admission, dispatcher } = this.options
    const isAdmitted = admission.enter(dispatcher.isRead(this.operation), bodyBytes)
    if (!isAdmitted) throw serviceUnavailable()
    this.admittedBytes = bodyBytes
  }

  private leave(): void {
    if (this.admittedBytes === undefined) return
    const { admission, dispatcher } = this.options
    admission.leave(dispatcher.isRead(this.operation), this.admittedBytes)
    this.admittedBytes = undefined
  }

  private finish(statusCode: number, body: Uint8Array, errorName?: string): RawResponse {
    const { requestId, operation, trace } = this
    const { clock, onRequest } = this.options
    const response = buildResponse(this.request, requestId, statusCode, body)
    response.headers['content-type'] = this.contentType
    if (trace !== undefined && onRequest !== undefined) {
      const durationMs = clock.monotonicMs() - this.startMs
      const log = { operation, ...trace, durationMs, statusCode, requestId }
      onRequest(errorName === undefined ? log : { ...log, errorName })
    }
    return response
  }
}

function operationOf(request: RawRequest): string {
  const target = headerOf(request, 'x-amz-target')
  return target?.startsWith(targetPrefix) === true ? target.slice(targetPrefix.length) : ''
}
