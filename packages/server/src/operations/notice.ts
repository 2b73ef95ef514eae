/** What an operator should know of a request although it was answered as by AWS. */
export type Notice = {
  /** The table was given a stream, and no change of its items will be in it. */
  readonly kind: 'streamWithoutRecords'
  readonly tableName: string
}
