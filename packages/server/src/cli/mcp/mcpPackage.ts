import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OperatorError } from '../operatorError.ts'

/** What is asked of the database, as the package `@dynatom/mcp` has it. */
export interface McpConnection {
  perform(operation: string, input: object): Promise<object>
  lab(request: {
    readonly method: string
    readonly path: string
    readonly body?: object | undefined
  }): Promise<object>
}

/** The protocol for one database, as the package has it. */
export interface Mcp {
  serveStdio(): Promise<void>
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>
}

/** The package `@dynatom/mcp`. */
export interface McpPackage {
  openMcp(
    connection: McpConnection,
    options: { readonly version: string; readonly allowWrites: boolean; readonly lab: boolean },
  ): Promise<Mcp>
}

const packageName = '@dynatom/mcp'

/**
 * The package that speaks the protocol, beside this one or in the working directory: it brings a
 * hundred others, which nobody else needs. Throws OperatorError where it is not there.
 */
export function loadMcpPackage(): McpPackage {
  for (const place of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(place)
    const path = resolved(require)
    if (path !== undefined) return require(path) as McpPackage
  }
  throw new OperatorError(
    `dynatom mcp needs the package ${packageName}: npm install --save-dev ${packageName}`,
  )
}

function resolved(require: NodeJS.Require): string | undefined {
  try {
    return require.resolve(packageName)
  } catch {
    return undefined
  }
}
