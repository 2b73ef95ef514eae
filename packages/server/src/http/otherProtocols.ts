import { requestTooLarge } from '../errors/protocolErrors.ts'
import { maxTranslatedBytes } from '../limits.ts'
import { encodeError } from '../wire/errorBody.ts'
import { buildResponse } from './buildResponse.ts'
import { headerOf, type RawRequest, type RawResponse } from './rawMessage.ts'
import type { Responder, Route } from './route.ts'

/*
 * CloudWatch's protocols beside JSON. A request is translated into one of JSON and its answer back,
 * so that everything else, log and signature too, is the same. What translates is loaded by the
 * first request that needs it.
 */

const targetPrefix = 'GraniteServiceVersion20100801'
const jsonType = 'application/x-amz-json-1.0'

const cborPath = /^\/service\/GraniteServiceVersion20100801\/operation\/([A-Za-z]+)(?:\?|$)/

function cborOperationOf({ method, url }: RawRequest): string | undefined {
  return method === 'POST' && url.startsWith('/service/') ? cborPath.exec(url)?.[1] : undefined
}

/** Smithy's RPC v2 in CBOR: `POST /service/.../operation/GetMetricData`. */
export const cborRoute: Route = {
  matches: (request) => cborOperationOf(request) !== undefined,
  async answer(request, requestId, respond) {
    const { cborOfAnswer, cborOfError, jsonOfCbor } = await import('../wire/rpcCborProtocol.ts')
    const operation = cborOperationOf(request) as string
    const textOf = (): string => (request.body.length === 0 ? '{}' : jsonOfCbor(request.body))
    const answer = await respondTo({ request, requestId, operation, textOf }, respond)
    const isGood = answer.statusCode === 200
    const body = isGood ? cborOfAnswer(operation, answer.body) : cborOfError(answer.body)
    const response = rebuilt(request, answer, body)
    response.headers['content-type'] = 'application/cbor'
    response.headers['smithy-protocol'] = 'rpc-v2-cbor'
    return response
  },
}

const formType = 'application/x-www-form-urlencoded'
const versionOfForm = 'Version=2010-08-01'

/** AWS's query protocol: a form for `/` that names the version of CloudWatch. */
export const queryRoute: Route = {
  matches(request) {
    if (request.method !== 'POST' || !isRoot(request.url)) return false
    if (headerOf(request, 'content-type')?.toLowerCase().startsWith(formType) !== true) return false
    const { buffer, byteOffset, byteLength } = request.body
    return Buffer.from(buffer, byteOffset, byteLength).includes(versionOfForm, 0, 'latin1')
  },
  async answer(request, requestId, respond) {
    const { jsonOfForm, xmlOfAnswer, xmlOfError } = await import('../wire/queryProtocol.ts')
    const isShort = request.body.length <= maxTranslatedBytes
    const form = new URLSearchParams(isShort ? Buffer.from(request.body).toString('utf8') : '')
    const operation = form.get('Action') ?? ''
    const textOf = (): string => jsonOfForm(operation, form)
    const answer = await respondTo({ request, requestId, operation, textOf }, respond)
    const answered = answer.headers['x-amzn-requestid'] ?? ''
    const text =
      answer.statusCode === 200
        ? xmlOfAnswer(operation, answer.body, answered)
        : xmlOfError(queryErrorOf(answer), answered)
    const response = rebuilt(request, answer, Buffer.from(text, 'utf8'))
    response.headers['content-type'] = 'text/xml'
    return response
  },
}

const isRoot = (url: string): boolean => url === '/' || url.startsWith('/?')

/** A request in another protocol: what it calls for, and what makes JSON of it. */
interface OtherRequest {
  readonly request: RawRequest
  readonly requestId: string
  readonly operation: string
  readonly textOf: () => string
}

/** The answer in JSON; a body that is too long is refused before it is looked at. */
async function respondTo(other: OtherRequest, respond: Responder): Promise<RawResponse> {
  const { request, requestId, operation, textOf } = other
  if (request.body.length <= maxTranslatedBytes) {
    return respond(translated(request, operation, textOf()))
  }
  const error = requestTooLarge(maxTranslatedBytes)
  const { statusCode } = error.kind
  return buildResponse(request, requestId, statusCode, encodeError(error))
}

/** The same request in JSON, which is not coded; nor may its answer be, which is read here. */
function translated(request: RawRequest, operation: string, text: string): RawRequest {
  const { 'accept-encoding': _accepted, 'content-encoding': _coding, ...headers } = request.headers
  return {
    ...request,
    headers: {
      ...headers,
      'content-type': jsonType,
      'x-amz-target': `${targetPrefix}.${operation}`,
    },
    body: Buffer.from(text, 'utf8'),
    asSent: request,
  }
}

/** Headers that the answer of the translation has and that are true of this one, too. */
const keptHeaders = ['x-amzn-query-error', 'x-amz-retry-after']

function rebuilt(request: RawRequest, answer: RawResponse, body: Uint8Array): RawResponse {
  const requestId = answer.headers['x-amzn-requestid'] ?? ''
  const response = buildResponse(request, requestId, answer.statusCode, body)
  for (const name of keptHeaders) {
    const value = answer.headers[name]
    if (value !== undefined) response.headers[name] = value
  }
  return response
}

/** What the query protocol calls errors of the layer in front of the operations. */
const queryCodes: Readonly<Record<string, string>> = { UnknownOperationException: 'InvalidAction' }

function queryErrorOf({ statusCode, headers, body }: RawResponse): {
  readonly code: string
  readonly fault: string
  readonly message: string
} {
  const told = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, string | undefined>
  const name = told['__type']?.split('#').at(-1) ?? ''
  const [code = queryCodes[name] ?? name.replace(/Exception$/, '')] =
    headers['x-amzn-query-error']?.split(';') ?? []
  const fault = statusCode < 500 ? 'Sender' : 'Receiver'
  return { code, fault, message: told['message'] ?? told['Message'] ?? '' }
}
