/** The way to one database, which whoever starts the protocol has. */
export interface Connection {
  /**
   * Performs an operation of DynamoDB. Rejects with an Error that has the name and message of
   * DynamoDB's, and says of which request it is.
   */
  perform(operation: string, input: object): Promise<object>
  /** Asks the lab of the database; `path` is below `/_dynatom/lab`. Rejects as `perform` does. */
  lab(request: LabRequest): Promise<object>
}

export interface LabRequest {
  readonly method: string
  readonly path: string
  readonly body?: object | undefined
}

/** What a {@link Connection} rejects with where the database has answered. */
export interface AnsweredError extends Error {
  readonly requestId?: string | undefined
  /** The members of the error besides its message, such as CancellationReasons. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}
