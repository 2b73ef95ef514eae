import type { Connection } from './connection.ts'
import { labTools } from './tools/labTools.ts'
import { readTools } from './tools/readTools.ts'
import type { Tool } from './tools/tool.ts'
import { writeTools } from './tools/writeTools.ts'

/** What is offered. */
export interface Offer {
  /** Whether tools are that change something, of the lab too. */
  readonly allowWrites: boolean
  /** Whether tools of the lab are. */
  readonly lab: boolean
}

/** The tools that may be used. Rejects as the connection does where there should be a lab. */
export async function offeredTools(
  connection: Connection,
  { allowWrites, lab }: Offer,
): Promise<readonly Tool[]> {
  const all = [...readTools, ...writeTools, ...(lab ? await labTools(connection) : [])]
  return all.filter(({ changes }) => allowWrites || !changes)
}
