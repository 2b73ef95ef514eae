import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { buildResponse } from './buildResponse.ts'
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
  const digest = token === undefined ? undefined : digestOf(token)
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
      const refusal =
        digest === undefined ? refusalByPlace(request) : refusalByToken(request, digest)
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

/** Compares digests, so that neither content nor length of the token shows in the time it takes. */
function refusalByToken(request: RawRequest, digest: Buffer): PlainAnswer | undefined {
  const [, given] = /^Bearer +([^ ]+) *$/i.exec(headerOf(request, 'authorization') ?? '') ?? []
  const isGood = given !== undefined && timingSafeEqual(digestOf(given), digest)
  return isGood ? undefined : withoutToken
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest()

/** A request from within the process has no peer. */
function refusalByPlace(request: RawRequest): PlainAnswer | undefined {
  const { peer } = request
  if (peer === undefined) return undefined
  const isLocal = isLoopback(peer.remoteAddress ?? '') && asksLocally(headerOf(request, 'host'))
  return isLocal ? undefined : beyondLoopback
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopback(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** HTTP/1.0 may come without a host. */
function asksLocally(host: string | undefined): boolean {
  if (host === undefined) return true
  const name = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host)
  const asked = name?.[1] ?? name?.[2] ?? ''
  return /^(?:.+\.)?localhost\.?$/i.test(asked) || isLoopback(asked)
}
