import type { RequestObserver } from '../operations/answeredRequest.ts'
import type { Table } from '../schema/table.ts'

/** The tables in force. */
export interface TablesInForce {
  /** By name or ARN. */
  find(nameOrArn: string): { readonly name: string } | undefined
  tables(): Iterable<Table>
}

/** What the parts of a database tell its metrics. */
export interface DatabaseMetrics extends RequestObserver {
  /** Looks at these tables from now on, until {@link end}. */
  follow(tables: TablesInForce): void
  /** Time to live has removed an item of a table. */
  expired(tableName: string): void
  /** Resolves when all that was told before is counted; at once when absent. Never rejects. */
  counted?(): Promise<void>
  /** REQUIRES: nothing is asked any more. */
  end(): void
}
