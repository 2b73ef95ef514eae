import { ApiError } from '../errors/apiError.ts'
import { serviceUnavailable } from '../errors/protocolErrors.ts'
import { internalServerError } from '../errors/wireErrors.ts'
import type { ToldDecision } from '../access/refusalOfRequest.ts'
import { auditRecordOf } from './auditRecord.ts'
import { onlyReads } from '../wire/dispatcher.ts'
import type { RequestContext, RequestTrace, ServedOperation } from '../wire/dispatcher.ts'
import { BrokenAnswer } from '../wire/brokenAnswer.ts'
import { encodeError } from '../wire/errorBody.ts'
import { parseBody } from '../wire/parseBody.ts'
import type { Admission } from './admission.ts'
import { buildResponse } from './buildResponse.ts'
import {
  compressLater,
  compressNow,
  inflate,
  isCompressedLater,
  mostInflatedBytes,
} from './compression.ts'
import { codingOfAnswer, codingOfRequest } from './contentCoding.ts'
import type { ContentCoding } from './contentCoding.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'
import { textOfBody } from './requestBody.ts'
import type { RequestLog, ResponderOptions } from './responderOptions.ts'
import { retryAfterHeader } from './retryAfter.ts'
import type { Caller } from './signature.ts'

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
  /** What the client calls for, such as `DynamoDB_20120810.GetItem`; empty if it does not say. */
  private readonly target: string
  /** Undefined when there is none for the target. */
  private readonly operation: ServedOperation | undefined
  private readonly startMs: number
  private readonly trace: RequestTrace | undefined
  /** What policies said, if somebody writes it down. */
  private readonly decisions: ToldDecision[] | undefined
  /** Whether the signature was looked at, and is none that lets the request in. */
  private isUnsigned = false
  /** Known once the signature has been looked at. */
  private caller: Caller | undefined = undefined
  /** The bytes that the request has a place for; undefined without a place. */
  private admittedBytes: number | undefined = undefined
  /** What the query protocol calls the error that is answered; undefined without one. */
  private queryCode: string | undefined = undefined
  /** When a request without a place should come back; undefined for all others. */
  private retryAfterMs: number | undefined = undefined

  /** `contentType` is that of the response. */
  constructor(
    options: ExchangeOptions,
    request: RawRequest,
    requestId: string,
    contentType: string,
  ) {
    const isLogged = options.onRequest !== undefined || options.onAudit !== undefined
    this.options = options
    this.request = request
    this.requestId = requestId
    this.contentType = contentType
    this.target = headerOf(request, 'x-amz-target') ?? ''
    this.operation = options.dispatcher.find(this.target)
    this.startMs = isLogged ? options.clock.monotonicMs() : 0
    this.trace = isLogged ? {} : undefined
    this.decisions = options.onAudit === undefined ? undefined : []
  }

  /**
   * Checks coding, JSON, target and signature, then dispatches if there is a place for the request.
   * Nothing is inflated without one.
   */
  answer(): RawResponse | Promise<RawResponse> {
    try {
      const { body } = this.request
      const { maxBodyBytes } = this.options
      const coding = codingOfRequest(this.request)
      if (coding === 'unknown') throw internalServerError()
      const operation = this.identify(coding !== undefined)
      if (coding === undefined) {
        const bodyText = textOfBody(body)
        this.enter(operation, bodyText.length)
        return this.perform(operation, bodyText)
      }
      this.enter(operation, mostInflatedBytes(body, maxBodyBytes))
      const inflated = inflate(body, coding, maxBodyBytes)
      if (!(inflated instanceof Promise)) return this.performInflated(operation, inflated)
      return inflated
        .then((bytes) => this.performInflated(operation, bytes))
        .catch((error: unknown) => this.refuse(error))
    } catch (error) {
      return this.refuse(error)
    }
  }

  /** The answer to a request that failed. What is no ApiError is a fault of the server's own. */
  refuse(error: unknown): RawResponse | Promise<RawResponse> {
    this.leave()
    if (error instanceof BrokenAnswer) return this.break(error)
    if (error instanceof ApiError) {
      const { statusCode, name, queryCode } = error.kind
      this.queryCode = queryCode
      return this.finish(statusCode, encodeError(error), name)
    }
    this.options.onInternalError?.(this.requestId, error)
    return this.refuse(internalServerError())
  }

  /** An answer that does not arrive: the log says so, with the status that it would have had. */
  private break({ breakage, body }: BrokenAnswer): RawResponse {
    const errorName = breakage === 'reset' ? 'ConnectionReset' : 'AnswerCut'
    const outcome = { statusCode: 200, errorName }
    const response = this.respond(outcome, body ?? noBytes)
    // What was done is on record, though nobody is told.
    this.audit(body === undefined ? outcome : { statusCode: 200 })
    return { ...response, broken: breakage }
  }

  /** Checks target and signature. */
  private identify(isCoded: boolean): ServedOperation {
    const { request, operation } = this
    try {
      if (operation === undefined) throw this.options.dispatcher.refusalOf(this.target)
      const signed = request.asSent ?? request
      this.isUnsigned = true
      this.caller = this.options.authenticate.callerOf(signed, operation.signingName)
      this.isUnsigned = false
      return operation
    } catch (error) {
      // DynamoDB looks for bodies that are no JSON first. So do we, yet parse good requests once,
      // and inflate nothing for somebody whom we do not know.
      if (!isCoded && request.body.length > 0) parseBody(textOfBody(request.body))
      throw error
    }
  }

  private performInflated(
    operation: ServedOperation,
    bytes: Buffer,
  ): RawResponse | Promise<RawResponse> {
    const bodyText = textOfBody(bytes)
    const unused = (this.admittedBytes ?? 0) - bytes.length
    this.options.admission.giveBytes(unused)
    this.admittedBytes = bytes.length
    return this.perform(operation, bodyText)
  }

  private perform(
    operation: ServedOperation,
    bodyText: string,
  ): RawResponse | Promise<RawResponse> {
    const { options, requestId } = this
    const { accessKeyId = '', principal } = this.caller ?? {}
    const host = headerOf(this.request, 'host')
    const { region } = options
    const sender = principal && senderOf(this.request)
    const { decisions } = this
    const onDecision = decisions && ((told: ToldDecision) => void decisions.push(told))
    const context = { requestId, region, accessKeyId, principal, sender, onDecision, host }
    const performed = operation.perform(bodyText, context, this.trace)
    if (!(performed instanceof Promise)) return this.succeed(performed)
    return performed.then(
      (body) => this.succeed(body),
      (error: unknown) => this.refuse(error),
    )
  }

  private succeed(body: Uint8Array): RawResponse | Promise<RawResponse> {
    this.leave()
    return this.finish(200, body)
  }

  private enter({ access }: ServedOperation, bodyBytes: number): void {
    const { admission } = this.options
    const isRead = onlyReads(access)
    if (!admission.enter(isRead, bodyBytes)) {
      this.retryAfterMs = admission.retryAfterMs(isRead)
      throw serviceUnavailable()
    }
    this.admittedBytes = bodyBytes
  }

  private leave(): void {
    if (this.admittedBytes === undefined || this.operation === undefined) return
    this.options.admission.leave(onlyReads(this.operation.access), this.admittedBytes)
    this.admittedBytes = undefined
  }

  /** Sends the answer compressed to a client that takes it so, if there is memory to do it. */
  private finish(
    statusCode: number,
    body: Uint8Array,
    errorName?: string,
  ): RawResponse | Promise<RawResponse> {
    const coding = codingOfAnswer(this.request, body.length)
    const outcome = errorName === undefined ? { statusCode } : { statusCode, errorName }
    if (coding === undefined) return this.seal(outcome, body)
    if (!isCompressedLater(body)) return this.seal(outcome, compressNow(body, coding), coding)
    const { admission } = this.options
    if (!admission.takeBytes(body.length)) return this.seal(outcome, body)
    return compressLater(body, coding)
      .finally(() => admission.giveBytes(body.length))
      .then((coded) => this.seal(outcome, coded, coding))
  }

  private seal(outcome: Outcome, body: Uint8Array, coding?: ContentCoding): RawResponse {
    const response = this.respond(outcome, body, coding)
    this.audit(outcome)
    return response
  }

  private respond(outcome: Outcome, body: Uint8Array, coding?: ContentCoding): RawResponse {
    const { requestId, trace, retryAfterMs, queryCode } = this
    const { clock, onRequest } = this.options
    const response = buildResponse(this.request, requestId, outcome.statusCode, body)
    response.headers['content-type'] = this.contentType
    if (coding !== undefined) response.headers['content-encoding'] = coding
    if (retryAfterMs !== undefined) response.headers[retryAfterHeader] = String(retryAfterMs)
    if (queryCode !== undefined)
      response.headers[queryErrorHeader] = queryErrorOf(outcome, queryCode)
    if (trace !== undefined && onRequest !== undefined) {
      const operation = this.operation?.name ?? this.options.dispatcher.nameOf(this.target)
      const durationMs = clock.monotonicMs() - this.startMs
      onRequest({ operation, ...trace, durationMs, ...outcome, requestId, ...this.signer() })
    }
    return response
  }

  private audit({ errorName }: Outcome): void {
    const { decisions, request, requestId, operation, trace, caller, isUnsigned } = this
    if (decisions === undefined) return
    const known = { request, requestId, operation, trace, caller, decisions, isUnsigned }
    const record = auditRecordOf({ ...known, errorName })
    if (record !== undefined) this.options.onAudit?.(record)
  }

  /** The key that is known to have signed the request, as the log sees it. */
  private signer(): Pick<RequestLog, 'accessKeyId'> | undefined {
    if (this.caller?.principal === undefined) return undefined
    return { accessKeyId: this.caller.accessKeyId }
  }
}

const noBytes: Uint8Array = new Uint8Array(0)

/** What policies may ask of where a request comes from. */
export function senderOf(request: RawRequest): RequestContext['sender'] {
  const { peer } = request
  return {
    sourceIp: peer?.remoteAddress,
    userAgent: headerOf(request, 'user-agent'),
    secureTransport: peer?.encrypted === true,
  }
}

/** Tells clients of an older protocol's error codes (Smithy: awsQueryCompatible). */
const queryErrorHeader = 'x-amzn-query-error'

function queryErrorOf({ statusCode }: Outcome, queryCode: string): string {
  return `${queryCode};${statusCode < 500 ? 'Sender' : 'Receiver'}`
}

/** How a request ended, as the log sees it. */
type Outcome = Pick<RequestLog, 'statusCode' | 'errorName'>
