import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { systemClock } from '../../clock.ts'
import { OperatorError } from '../operatorError.ts'
import { targetOf } from '../tail/tailOptions.ts'
import { readToken } from '../tokenFile.ts'
import { readVersion } from '../version.ts'
import { mcpConnection } from './mcpConnection.ts'
import { openMcpFront } from './mcpFront.ts'
import type { McpOptions } from './mcpOptions.ts'
import { loadMcpPackage, type Mcp } from './mcpPackage.ts'

const tokenBytes = 32

/**
 * `dynatom mcp` in this process. Resolves when standard input has ended, or, over HTTP, when a
 * signal asks for the end. Throws OperatorError.
 */
export async function runMcp({ port, ...options }: McpOptions): Promise<void> {
  const mcpPackage = loadMcpPackage()
  const target = targetOf(options, process.env)
  const { controlTokenFile, allowWrites, lab } = options
  const token = controlTokenFile && readToken(controlTokenFile)
  const connection = mcpConnection(target, token, systemClock)
  let mcp: Mcp
  try {
    mcp = await mcpPackage.openMcp(connection, { version: readVersion(), allowWrites, lab })
  } catch (error) {
    throw labFailure(error, target.endpoint)
  }
  if (port === undefined) return mcp.serveStdio()
  return serveHttp(mcp, port)
}

async function serveHttp(mcp: Mcp, port: number): Promise<void> {
  const token = randomBytes(tokenBytes).toString('base64url')
  const front = await openMcpFront(mcp, port, token).catch((error: unknown) => {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw new OperatorError(`Listening is not possible: ${message}.`)
    throw new OperatorError(`Port ${port} is in use by another process; choose another --port.`)
  })
  process.stdout.write(`The Model Context Protocol is spoken at ${front.url}\n`)
  process.stdout.write(`Authorization: Bearer ${token}\n`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
  await front.close()
}

function labFailure(error: unknown, endpoint: URL): OperatorError {
  const { name, message } = error as Error
  if (name === 'NotFound') {
    return new OperatorError(`The server at ${endpoint.origin} has no lab: start it with --lab.`)
  }
  return new OperatorError(`The lab of ${endpoint.origin} cannot be used: ${message}`)
}
