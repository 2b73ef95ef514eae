import type { IncomingMessage, ServerResponse } from 'node:http'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { AnsweredError, Connection, LabRequest } from './connection.ts'
import { mcpServer } from './mcpServer.ts'
import { offeredTools, type Offer } from './offeredTools.ts'

export type { AnsweredError, Connection, LabRequest }

export interface McpOptions extends Offer {
  /** That of the command, which clients are told. */
  readonly version: string
}

/** The protocol for one database. */
export interface Mcp {
  /** Speaks over the input and output of this process; resolves when the input has ended. */
  serveStdio(): Promise<void>
  /** Answers one request over HTTP, whose body is parsed. REQUIRES: it may be let in. */
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>
}

/** Rejects as the connection does, where there should be a lab and is none. */
export async function openMcp(
  connection: Connection,
  { version, ...offer }: McpOptions,
): Promise<Mcp> {
  const tools = await offeredTools(connection, offer)
  return {
    async serveStdio() {
      const server = mcpServer(connection, tools, version)
      await server.connect(new StdioServerTransport())
      if (!process.stdin.readableEnded) {
        await new Promise<void>((resolve) => {
          process.stdin.once('end', resolve)
          process.stdin.once('close', resolve)
        })
      }
      await server.close()
    },
    async handle(request, response, body) {
      // Each request stands by itself: nothing is kept for a client.
      const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
      const server = mcpServer(connection, tools, version)
      await server.connect(transport)
      response.once('close', () => void server.close())
      await transport.handleRequest(request, response, body)
    },
  }
}
