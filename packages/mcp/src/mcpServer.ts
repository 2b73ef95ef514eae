import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type CallToolResult,
} from '@modelcontextprotocol/sdk/types.js'
import type { AnsweredError, Connection } from './connection.ts'
import type { Tool } from './tools/tool.ts'

const instructions =
  'Tools of a DynamoDB-compatible database. Requests and answers are those of DynamoDB: items ' +
  'and values are in DynamoDB JSON, such as {"id": {"S": "1"}}.'

/** A server of the protocol that offers `tools`; it serves one transport. */
export function mcpServer(connection: Connection, tools: readonly Tool[], version: string): Server {
  const server = new Server(
    { name: 'dynatom', version },
    { capabilities: { tools: {} }, instructions },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(shown) }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const tool = tools.find(({ name }) => name === params.name)
    if (tool === undefined) return refused(`There is no tool ${params.name}.`)
    try {
      return told(await tool.run(connection, params.arguments ?? {}))
    } catch (error) {
      return refused(textOf(error as AnsweredError))
    }
  })
  return server
}

const shown = ({ name, description, inputSchema, changes, destroys = false }: Tool) => ({
  name,
  description,
  inputSchema: { ...inputSchema, required: [...(inputSchema.required ?? [])] },
  annotations: { readOnlyHint: !changes, destructiveHint: destroys, openWorldHint: false },
})

const told = (content: object): CallToolResult => ({
  content: [{ type: 'text', text: JSON.stringify(content) }],
})

const refused = (text: string): CallToolResult => ({
  content: [{ type: 'text', text }],
  isError: true,
})

/** The request's id is what the lab explains it by. */
function textOf({ name, message, requestId, details = {} }: AnsweredError): string {
  const more = Object.keys(details).length === 0 ? '' : `\n${JSON.stringify(details)}`
  const id = requestId === undefined ? '' : `\nrequest id: ${requestId}`
  return `${name}: ${message}${more}${id}`
}
