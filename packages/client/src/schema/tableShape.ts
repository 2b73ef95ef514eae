/**
 * A secondary index. Its keys are attributes for which entities have templates, or the table's
 * own.
 */
export interface Index {
  readonly partitionKey: string
  readonly sortKey?: string
  /** A local index, which was made with the table and can be read consistently. */
  readonly isLocal?: boolean
}

/** A table without its entities. */
export interface TableShape {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey: string
  readonly indexes: Readonly<Record<string, Index>>
}
