import type { StoredStream, StreamEntry } from '../changes/streamReader.ts'
import { encodeRecords } from '../operations/streams/shownRecords.ts'

interface ValueContents {
  S: string
  N: string
  B: Uint8Array
  SS: string[]
  NS: string[]
  BS: Uint8Array[]
  M: Record<string, AttributeValue>
  L: AttributeValue[]
  NULL: boolean
  BOOL: boolean
}

type ValueOf<Type extends keyof ValueContents> = Pick<ValueContents, Type> & {
  [Other in Exclude<keyof ValueContents, Type>]?: never
}

/** A value as the AWS SDK for JavaScript has it: an object with one member. */
export type AttributeValue = { [Type in keyof ValueContents]: ValueOf<Type> }[keyof ValueContents]

/** A change of an item, as `GetRecords` of the AWS SDK for JavaScript v3 gives it. */
export interface ChangeRecord {
  eventID: string
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  eventVersion: string
  eventSource: string
  awsRegion: string
  dynamodb: {
    /** Whole seconds. */
    ApproximateCreationDateTime: Date
    Keys: Record<string, AttributeValue>
    /** The item as it is then; where the view type has it and the item was not removed. */
    NewImage?: Record<string, AttributeValue>
    /** The item as it was; where the view type has it and the item is not new. */
    OldImage?: Record<string, AttributeValue>
    SequenceNumber: string
    SizeBytes: number
    StreamViewType: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
  }
  /** Of items that time to live has removed: the service. */
  userIdentity?: { PrincipalId: string; Type: string }
}

/** Records of a stream as the SDK gives them. */
export function streamRecordsOf(
  stream: StoredStream,
  region: string,
  entries: readonly StreamEntry[],
): readonly ChangeRecord[] {
  const records = encodeRecords(stream, region, entries).toJSON() as ChangeRecord[]
  for (const { dynamodb } of records) {
    const seconds = dynamodb.ApproximateCreationDateTime as unknown as number
    dynamodb.ApproximateCreationDateTime = new Date(seconds * 1000)
    for (const map of [dynamodb.Keys, dynamodb.NewImage, dynamodb.OldImage]) {
      if (map !== undefined) for (const value of Object.values(map)) decodeBytes(value)
    }
  }
  return records
}

/** Puts the bytes that JSON has as base64 into their places. */
function decodeBytes(value: AttributeValue): void {
  if (value.B !== undefined) value.B = bytesOf(value.B)
  else if (value.BS !== undefined) value.BS = value.BS.map(bytesOf)
  else if (value.L !== undefined) value.L.forEach(decodeBytes)
  else if (value.M !== undefined) Object.values(value.M).forEach(decodeBytes)
}

const bytesOf = (base64: unknown): Uint8Array =>
  new Uint8Array(Buffer.from(base64 as string, 'base64'))
