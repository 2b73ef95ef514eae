/** A value in DynamoDB-JSON: an object of one member, whose name is the type. */
export type JsonValue = Readonly<Record<string, unknown>>

/** An item, or a map. */
export type JsonItem = Readonly<Record<string, JsonValue>>

/** A record of a stream as GetRecords gives it. */
export interface TailedRecord {
  readonly eventName: string
  readonly dynamodb: {
    /** In seconds since the epoch. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: JsonItem
    readonly NewImage?: JsonItem
    readonly OldImage?: JsonItem
    readonly SequenceNumber: string
    readonly StreamViewType?: string
  }
  readonly userIdentity?: { readonly PrincipalId?: string; readonly Type?: string }
}
