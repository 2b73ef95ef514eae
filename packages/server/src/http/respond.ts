import { missingAuthenticationToken } from '../errors/authenticationErrors.ts'
import { localMissingAuthenticationToken, requestTooLarge } from '../errors/protocolErrors.ts'
import { encodeError } from '../wire/errorBody.ts'
import { Admission } from './admission.ts'
import { buildResponse, preflightResponse } from './buildResponse.ts'
import { OperationExchange } from './operationExchange.ts'
import { headerOf } from './rawMessage.ts'
import type { RawRequest, RawResponse } from './rawMessage.ts'
import { createRequestIds } from './requestIds.ts'
import type { ResponderOptions } from './responderOptions.ts'
import type { Responder } from './route.ts'
import { defaultServerLimits } from './serverLimits.ts'

export type { Responder } from './route.ts'
export type { RequestLog, ResponderOptions } from './responderOptions.ts'

const amazonJson = 'application/x-amz-json-1.0'
const plainJson = 'application/json'
const notFoundBody: Uint8Array = Buffer.from('<UnknownOperationException/>\n', 'latin1')

/**
 * The function from a request to its response, for a socket server and for callers within the
 * process alike. Checks in the order of behaviour digest 4.4: size, CORS, health, method and
 * content type, coding, JSON, target, signature; then the dispatcher's.
 */
export function createResponder(options: ResponderOptions): Responder {
  const { limits = defaultServerLimits } = options
  const { maxBodyBytes } = limits
  const shared = { ...options, admission: new Admission(limits), maxBodyBytes }
  const nextRequestId = createRequestIds(options.random)
  const { routes = [] } = options
  const { letsStrangersAsk } = options.authenticate
  const answerHealth = options.localHealth === true ? localHealth : healthOf(options)
  const respond: Responder = (request) => {
    const requestId = nextRequestId()
    const contentType = contentTypeOf(request)
    const isTooLarge = request.isTooLarge === true || request.body.length > maxBodyBytes
    const isJson = contentType === amazonJson || contentType === plainJson
    const route = isJson ? undefined : routes.find((each) => each.matches(request))
    if (route !== undefined && !isTooLarge) return route.answer(request, requestId, respond)
    if (isTooLarge || (request.method === 'POST' && (isJson || request.body.length === 0))) {
      const responseType = isJson ? contentType : amazonJson
      const exchange = new OperationExchange(shared, request, requestId, responseType)
      if (isTooLarge) return exchange.refuse(requestTooLarge(maxBodyBytes))
      return exchange.answer()
    }
    if (request.method === 'OPTIONS' && headerOf(request, 'origin') !== undefined) {
      if (letsStrangersAsk) return preflightResponse(request, requestId)
      const exchange = new OperationExchange(shared, request, requestId, amazonJson)
      return exchange.refuse(missingAuthenticationToken())
    }
    if (isHealthCheck(request)) return answerHealth(request, requestId)
    return buildResponse(request, requestId, 404, notFoundBody)
  }
  return respond
}

type HealthAnswer = (request: RawRequest, requestId: string) => RawResponse

function isHealthCheck({ method, url }: RawRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return url === '/' || url.startsWith('/?')
}

/**
 * What AWS answers, and a second line while background work fails: the server is up and answers, so
 * the status is 200 all the same. It is 503 when the store is of no use, or cannot be reached.
 * Anybody may ask, so the reasons are in the log only.
 */
function healthOf({
  region,
  failingJobs = () => 0,
  isUnusable = () => false,
  isOutOfReach = () => false,
}: ResponderOptions): HealthAnswer {
  const unusable = Buffer.from('unhealthy: the store is damaged, see the log\n', 'latin1')
  const outOfReach = Buffer.from('unhealthy: no node of the engine leads\n', 'latin1')
  const healthy = `healthy: dynamodb.${region}.amazonaws.com `
  return (request, requestId) => {
    if (isUnusable()) return buildResponse(request, requestId, 503, unusable)
    if (isOutOfReach()) return buildResponse(request, requestId, 503, outOfReach)
    const body = Buffer.from(`${healthy}${failureLine(failingJobs())}`, 'latin1')
    return buildResponse(request, requestId, 200, body)
  }
}

function failureLine(failingJobs: number): string {
  if (failingJobs === 0) return ''
  const jobs = failingJobs === 1 ? '1 job' : `${failingJobs} jobs`
  return `\nbackground work is failing: ${jobs}, see the log\n`
}

/** What DynamoDB Local answers, to which any request that is not signed is a failure. */
const localHealth: HealthAnswer = (request, requestId) => {
  const body = encodeError(localMissingAuthenticationToken())
  const response = buildResponse(request, requestId, 400, body)
  response.headers['content-type'] = amazonJson
  return response
}

/** The content type without parameters, or undefined if there is none. */
function contentTypeOf(request: RawRequest): string | undefined {
  const value = headerOf(request, 'content-type')
  if (value === undefined || value === amazonJson) return value
  const end = value.indexOf(';')
  return (end === -1 ? value : value.slice(0, end)).trim().toLowerCase()
}
