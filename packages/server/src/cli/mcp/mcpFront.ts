import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bearerCheck } from '../../http/bearerToken.ts'
import { isLocalName, nameOfHost } from '../../http/localNames.ts'
import type { Mcp } from './mcpPackage.ts'

const path = '/mcp'
const maxBodyBytes = 4 * 1024 * 1024
const host = '127.0.0.1'
const noBytes = new Uint8Array(0)

/** A front that listens. */
export interface McpFront {
  /** Where clients find the protocol. */
  readonly url: string
  close(): Promise<void>
}

/** Why a request is not let in. */
interface Refusal {
  readonly status: number
  readonly error: string
  readonly message: string
}

/**
 * Serves the protocol over HTTP on loopback, to whoever bears `token`. As under `/_dynatom`, no web
 * page gets at it: a request comes by a name of the machine itself, has no Origin but the front's
 * own, and is JSON; no answer may be read by another origin. Rejects with the error of the system.
 */
export async function openMcpFront(mcp: Mcp, port: number, token: string): Promise<McpFront> {
  const bears = bearerCheck(token)
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy()
      const { message } = error as Error
      return refuse(response, { status: 500, error: 'InternalError', message })
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request)
    if (refusal !== undefined) {
      // What it has sent besides is not kept.
      request.resume()
      return refuse(response, refusal)
    }
    const text = await bodyOf(request)
    const tooLarge = { status: 413, error: 'TooLarge', message: 'The body is too large.' }
    if (text === undefined) return refuse(response, tooLarge)
    const body = parsed(text)
    const noJson = { status: 400, error: 'InvalidRequest', message: 'The body is no JSON.' }
    if (body === undefined) return refuse(response, noJson)
    return mcp.handle(request, response, body)
  }

  function refusalOf(request: IncomingMessage): Refusal | undefined {
    const forbidden = (message: string): Refusal => ({ status: 403, error: 'Forbidden', message })
    const { headers, method, url = '' } = request
    if (!isLocalName(nameOfHost(headers.host ?? ''))) {
      return forbidden('The host that was asked is not loopback.')
    }
    const { origin } = headers
    if (origin !== undefined && origin.toLowerCase() !== `http://${headers.host?.toLowerCase()}`) {
      return forbidden('Pages of other origins are not let in.')
    }
    const { authorization = '' } = headers
    if (!bears({ method: '', url, headers: { authorization }, body: noBytes })) {
      const message = 'A bearer token is needed: the one that dynatom mcp printed.'
      return { status: 401, error: 'TokenNeeded', message }
    }
    if (url.split('?', 1)[0] !== path) {
      return { status: 404, error: 'NotFound', message: `There is only ${path}.` }
    }
    if (method !== 'POST') {
      return { status: 405, error: 'MethodNotAllowed', message: 'This path takes POST.' }
    }
    const [type = ''] = (headers['content-type'] ?? '').split(';')
    if (type.trim().toLowerCase() === 'application/json') return undefined
    const message = 'A request is application/json.'
    return { status: 415, error: 'UnsupportedMediaType', message }
  }

  await listen(server, port)
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host}:${bound}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function refuse(response: ServerResponse, { status, error, message }: Refusal): void {
  const body = `${JSON.stringify({ error, message })}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 405 && { allow: 'POST' }),
  })
  response.end(body)
}

/** Undefined for one that is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > maxBodyBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}
