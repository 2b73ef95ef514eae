import type { ObjectSchema, Tool } from './tool.ts'

/** How a tool that is one operation of DynamoDB is made. */
export interface OperationTool extends Pick<Tool, 'name' | 'description' | 'changes' | 'destroys'> {
  readonly operation: string
  readonly inputSchema: ObjectSchema
  /** What a request has that does not say otherwise. */
  readonly standard?: Readonly<Record<string, unknown>>
}

/** A tool that is one operation, whose arguments are its request. */
export const operationTool = ({ operation, standard, ...tool }: OperationTool): Tool => ({
  ...tool,
  run: (connection, given) => connection.perform(operation, { ...standard, ...given }),
})
