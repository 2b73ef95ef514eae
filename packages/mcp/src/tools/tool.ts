import type { Connection } from '../connection.ts'

/** A schema of an object, as JSON Schema has it. */
export interface ObjectSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly [keyword: string]: unknown
}

/** The arguments of a call, which the database judges. */
export type ToolArguments = Readonly<Record<string, unknown>>

/** One thing that a model can do. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: ObjectSchema
  /** Whether it changes what is stored, or how the database behaves. */
  readonly changes: boolean
  /** Whether what it changes is lost. */
  readonly destroys?: boolean
  /** Rejects as the connection does. */
  run(connection: Connection, given: ToolArguments): Promise<object>
}
