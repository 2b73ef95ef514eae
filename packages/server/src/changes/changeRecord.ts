import { invariant } from '../invariant.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { StreamViewType } from '../schema/tableRecord.ts'
import { asBuffer, type Bytes } from '../storage/engine.ts'
import { storedItemJson } from '../values/itemCodec.ts'

/*
 * The stored form of a change: a byte of format (1), a byte that says what happened and who did it,
 * its time in milliseconds since the epoch (a 64-bit float), its size as DynamoDB counts it, and
 * the lengths of the key and of the old image (4 bytes each, big-endian; 0 for an image that is not
 * there), then the texts of the key, the old image and the new one: DynamoDB-JSON in UTF-8, exactly
 * as clients get them. The images are those that the stream's view type shows.
 */

const format = 1
const headerBytes = 22
const byServiceFlag = 0x04
const kindMask = 0x03

export type ChangeKind = 'INSERT' | 'MODIFY' | 'REMOVE'
const kinds: readonly ChangeKind[] = ['INSERT', 'MODIFY', 'REMOVE']

/** One change of one item. */
export interface ItemChange {
  readonly before: ItemImage | undefined
  readonly after: ItemImage | undefined
  /** The service made it by itself. */
  readonly byService?: true | undefined
}

/** The key of an item as records have it. */
export interface EncodedKey {
  readonly json: string
  /** As DynamoDB counts it, names and values. */
  readonly sizeBytes: number
}

/** A change as it was recorded; its texts share the memory of the stored form. */
export class StoredChange {
  readonly kind: ChangeKind
  readonly byService: boolean
  readonly timeMs: number
  /** Of the key and the images that are there. */
  readonly sizeBytes: number
  /** The stored form: the text of the key stands in it from `keyStart` to `keyEnd`. */
  readonly record: Buffer
  readonly keyStart: number = headerBytes
  readonly keyEnd: number
  /** The old image stands from `keyEnd` to here, the new one behind it; nothing where none is. */
  readonly oldEnd: number

  /** REQUIRES: `record` is the stored form of a change. */
  constructor(record: Buffer) {
    const flags = record[1] as number
    this.kind = kinds[flags & kindMask] as ChangeKind
    this.byService = (flags & byServiceFlag) !== 0
    this.timeMs = record.readDoubleBE(2)
    this.sizeBytes = record.readUInt32BE(10)
    this.record = record
    this.keyEnd = headerBytes + record.readUInt32BE(14)
    this.oldEnd = this.keyEnd + record.readUInt32BE(18)
  }

  get keyJson(): Bytes {
    return this.record.subarray(this.keyStart, this.keyEnd)
  }

  get oldJson(): Bytes | undefined {
    return this.oldEnd > this.keyEnd ? this.record.subarray(this.keyEnd, this.oldEnd) : undefined
  }

  get newJson(): Bytes | undefined {
    return this.record.length > this.oldEnd ? this.record.subarray(this.oldEnd) : undefined
  }
}

/** The images that a stream of this type shows of a change. */
export function shownImages(
  viewType: StreamViewType,
  { before, after }: ItemChange,
): { readonly old: ItemImage | undefined; readonly new: ItemImage | undefined } {
  return {
    old: viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? before : undefined,
    new: viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES' ? after : undefined,
  }
}

/** About how many bytes the stored form has. */
export function recordedBytes(viewType: StreamViewType, change: ItemChange): number {
  const images = shownImages(viewType, change)
  return headerBytes + (images.old?.sizeBytes ?? 0) + (images.new?.sizeBytes ?? 0)
}

/** What a record is made of. */
export interface RecordContent {
  readonly viewType: StreamViewType
  readonly change: ItemChange
  readonly key: EncodedKey
  readonly timeMs: number
}

/** The stored form of a change. `storedOf` gives the stored form of an image. */
export function encodeChange(
  { viewType, change, key, timeMs }: RecordContent,
  storedOf: (image: ItemImage) => Bytes,
): Buffer {
  const images = shownImages(viewType, change)
  const oldJson = images.old && storedItemJson(storedOf(images.old))
  const newJson = images.new && storedItemJson(storedOf(images.new))
  const keyBytes = Buffer.byteLength(key.json, 'utf8')
  const oldBytes = oldJson?.length ?? 0
  const record = Buffer.allocUnsafe(headerBytes + keyBytes + oldBytes + (newJson?.length ?? 0))
  record[0] = format
  record[1] = kindOf(change) | (change.byService === true ? byServiceFlag : 0)
  record.writeDoubleBE(timeMs, 2)
  const sizeBytes = key.sizeBytes + (images.old?.sizeBytes ?? 0) + (images.new?.sizeBytes ?? 0)
  record.writeUInt32BE(sizeBytes, 10)
  record.writeUInt32BE(keyBytes, 14)
  record.writeUInt32BE(oldBytes, 18)
  record.write(key.json, headerBytes, 'utf8')
  if (oldJson !== undefined) record.set(oldJson, headerBytes + keyBytes)
  if (newJson !== undefined) record.set(newJson, headerBytes + keyBytes + oldBytes)
  return record
}

function kindOf({ before, after }: ItemChange): number {
  if (before === undefined) return 0
  return after === undefined ? 2 : 1
}

/** The inverse of {@link encodeChange}. Throws InvariantViolation for bytes that are none. */
export function decodeChange(stored: Bytes): StoredChange {
  const record = asBuffer(stored)
  invariant(isRecord(record), 'a stored change has format 1')
  return new StoredChange(record)
}

function isRecord(record: Buffer): boolean {
  if (record.length < headerBytes || record[0] !== format) return false
  const flags = record[1] as number
  const isKnown = (flags & ~(kindMask | byServiceFlag)) === 0 && (flags & kindMask) < kinds.length
  const textBytes = record.readUInt32BE(14) + record.readUInt32BE(18)
  return isKnown && headerBytes + textBytes <= record.length
}

/** The time of a stored change, in milliseconds since the epoch. */
export const timeOfChange = (stored: Bytes): number => asBuffer(stored).readDoubleBE(2)
