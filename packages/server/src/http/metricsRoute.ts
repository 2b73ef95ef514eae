import { bearerCheck, type BearerCheck } from './bearerToken.ts'
import { buildResponse } from './buildResponse.ts'
import { isLocalName, isLoopback, nameOfHost } from './localNames.ts'
import { headerOf, type RawRequest, type RawResponse } from './rawMessage.ts'
import type { Route } from './route.ts'

export interface MetricsPage {
  readonly contentType: string
  readonly text: string
}

export interface MetricsRouteOptions {
  /** What is shown, as it is now. */
  readonly page: () => Promise<MetricsPage>
  /** What a request must bear; without it, requests must come from this machine. */
  readonly token?: string
  /** Told of a fault that the page failed with. */
  readonly onFault: (requestId: string, error: unknown) => void
}

/**
 * `GET /metrics`. The names of tables are in it, so it is not for everybody: a request bears the
 * token or, where there is none, comes from this machine and asks it by a name of its own, which a
 * web page cannot make a browser do. No page of another origin may read the answer.
 */
export function metricsRoute({ page, token, onFault }: MetricsRouteOptions): Route {
  const bears = token === undefined ? undefined : bearerCheck(token)
  const show = async (request: RawRequest, requestId: string): Promise<RawResponse> => {
    try {
      const { contentType, text } = await page()
      return answer(request, requestId, { statusCode: 200, contentType, text })
    } catch (error) {
      onFault(requestId, error)
      return answer(request, requestId, { statusCode: 500, text: 'The metrics cannot be shown.\n' })
    }
  }
  return {
    matches({ method, url }) {
      if (method !== 'GET' && method !== 'HEAD') return false
      return url === '/metrics' || url.startsWith('/metrics?')
    },
    answer(request, requestId) {
      const refusal = bears === undefined ? refusalByPlace(request) : refusalByToken(request, bears)
      if (refusal === undefined) return show(request, requestId)
      return Promise.resolve(answer(request, requestId, refusal))
    },
  }
}

interface PlainAnswer {
  readonly statusCode: number
  readonly contentType?: string
  readonly text: string
}

const beyondLoopback: PlainAnswer = {
  statusCode: 403,
  text: 'Metrics are shown to this machine alone, or with --metrics-token-file.\n',
}
const withoutToken: PlainAnswer = { statusCode: 401, text: 'A bearer token is needed.\n' }

function answer(
  request: RawRequest,
  requestId: string,
  { statusCode, contentType = 'text/plain; charset=utf-8', text }: PlainAnswer,
): RawResponse {
  const response = buildResponse(request, requestId, statusCode, Buffer.from(text, 'utf8'))
  response.headers['content-type'] = contentType
  delete response.headers['access-control-allow-origin']
  delete response.headers['access-control-expose-headers']
  if (statusCode === 401) response.headers['www-authenticate'] = 'Bearer'
  return response
}

function refusalByToken(request: RawRequest, bears: BearerCheck): PlainAnswer | undefined {
  return bears(request) ? undefined : withoutToken
}

/** A request from within the process has no peer. */
function refusalByPlace(request: RawRequest): PlainAnswer | undefined {
  const { peer } = request
  if (peer === undefined) return undefined
  const isLocal = isLoopback(peer.remoteAddress ?? '') && asksLocally(headerOf(request, 'host'))
  return isLocal ? undefined : beyondLoopback
}

/** HTTP/1.0 may come without a host. */
function asksLocally(host: string | undefined): boolean {
  return host === undefined || isLocalName(nameOfHost(host))
}
