import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import type { Client } from './client.ts'
import type { Defects } from './defects.ts'

/** What the clients do in one epoch, on tables of that epoch. */
export interface Workload {
  readonly tables: readonly CreateTableCommandInput[]
  /** Something that one client does: a request or a few. Many clients do so at once. */
  step(client: Client): Promise<void>
  /** When all clients are done: reads everything, undisturbed, and examines what can be only then. */
  finish(client: Client): Promise<void>
}

export interface WorkloadOptions {
  readonly epoch: number
  /** Where a workload reports what contradicts its invariants. */
  readonly defects: Defects
}

export type MakeWorkload = (options: WorkloadOptions) => Workload
