/** What an operation is told about the request beside its parameters. */
export interface RequestContext {
  /** 52 characters, sent to the client as `x-amzn-requestid`. */
  readonly requestId: string
  /** The Region that the server plays, as in ARNs. */
  readonly region: string
  /** The access key id that signed the request. */
  readonly accessKeyId: string
  /** The host, and the port if any, that the client asked. */
  readonly host?: string | undefined
  /** Capacity units of the request, set by the operation for the log. */
  consumedUnits?: number
}
