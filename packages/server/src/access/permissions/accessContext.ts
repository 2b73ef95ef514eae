/** What is known of every request, whoever asks for what: the global condition keys. */
export interface ConnectionContext {
  /** As the socket has it; undefined for a request in process. */
  readonly sourceIp: string | undefined
  readonly secureTransport: boolean
  readonly userAgent: string | undefined
  /** Milliseconds since 1970. */
  readonly nowMs: number
  /** The Region of the server. */
  readonly region: string
}

/**
 * What an operation knows of one permission that it asks for: DynamoDB's own condition keys. A
 * member that is absent is a key that the request does not have. Keys that their action does not
 * know (`actionsByKey`) may be given all the same, and are not there.
 */
export interface PermissionContext {
  /**
   * Values of the partition key, one list for each of its attributes, four at most; in a list one
   * value for each key of a batch. Strings as they are, numbers as canonical decimals, binaries as
   * base64. Of a Query those of its equalities, of an index those of the index's key; of a
   * statement those that WHERE sets equal or those of the item that it inserts.
   */
  readonly partitionKeyValues?: readonly (readonly string[])[]
  /**
   * The first elements of all paths that the request names, wherever: projections, keys, items that
   * are put, targets of updates, conditions, filters, legacy parameters.
   */
  readonly attributes?: readonly string[]
  /** See {@link selectOf}. */
  readonly select?: string
  /**
   * NONE when the request does not say; absent counts as that. Several values for a write that
   * gives one thing when it is done, and another when its condition is false.
   */
  readonly returnValues?: string | readonly string[]
  /** As it was sent. */
  readonly returnConsumedCapacity?: string
  readonly enclosingOperation?: 'TransactGetItems' | 'TransactWriteItems' | 'ExecuteTransaction'
  /** Whether a SELECT sets no partition key equal to anything, by `=` or IN. */
  readonly fullTableScan?: boolean
  /** Tags of the table that the resource belongs to. */
  readonly resourceTags?: Readonly<Record<string, string>>
  /** Tags that the request gives. */
  readonly requestTags?: Readonly<Record<string, string>>
  /** Names of the tags that the request gives or takes away. */
  readonly tagKeys?: readonly string[]
}

/** The value of dynamodb:Select, which every read has (developer guide: specifying conditions). */
export function selectOf(request: {
  readonly select?: string | undefined
  readonly hasProjection: boolean
  readonly isOfIndex: boolean
}): string {
  if (request.select !== undefined) return request.select
  if (request.hasProjection) return 'SPECIFIC_ATTRIBUTES'
  return request.isOfIndex ? 'ALL_PROJECTED_ATTRIBUTES' : 'ALL_ATTRIBUTES'
}
