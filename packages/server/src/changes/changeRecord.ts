import { invariant } from '../invariant.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { StreamViewType } from '../schema/tableRecord.ts'
import { asBuffer, type Bytes } from '../storage/engine.ts'
import { commonEnds, type CommonEnds } from '../values/commonEnds.ts'
import { storedItemJson } from '../values/itemCodec.ts'

/*
 * The stored form of a change: a byte of format, a byte that says what happened and who did it, its
 * time in milliseconds since the epoch (a 64-bit float), its size as DynamoDB counts it, and the
 * lengths of the key and of the old image (4 bytes each, big-endian; 0 for an image that is not
 * there), then the texts of the key, the old image and the new one: DynamoDB-JSON in UTF-8, exactly
 * as clients get them. The images are those that the stream's view type shows. An update seldom
 * changes all of an item: in format 2 the header ends with how many bytes the new image has in
 * common with the old one, at its start and at its end (4 bytes each), and its text is only what is
 * between; format 1 has the whole text.
 */

const format = { whole: 1, shared: 2 } as const
const headerBytes = { whole: 22, shared: 30 } as const
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
  return headerBytes.shared + (images.old?.sizeBytes ?? 0) + (images.new?.sizeBytes ?? 0)
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
  content: RecordContent,
  storedOf: (image: ItemImage) => Bytes,
): Buffer {
  const { viewType, change, key } = content
  const images = shownImages(viewType, change)
  const oldJson = images.old && asBuffer(storedItemJson(storedOf(images.old)))
  const newJson = images.new && asBuffer(storedItemJson(storedOf(images.new)))
  const ends = oldJson && newJson && sharedEnds(oldJson, newJson)
  const keyStart = ends === undefined ? headerBytes.whole : headerBytes.shared
  const oldStart = keyStart + Buffer.byteLength(key.json, 'utf8')
  const newStart = oldStart + (oldJson?.length ?? 0)
  const newFrom = ends?.start ?? 0
  const newTo = (newJson?.length ?? 0) - (ends?.end ?? 0)
  const record = Buffer.allocUnsafe(newStart + newTo - newFrom)
  const imageBytes = (images.old?.sizeBytes ?? 0) + (images.new?.sizeBytes ?? 0)
  writeHeader(record, content, imageBytes)
  record.writeUInt32BE(oldStart - keyStart, 14)
  record.writeUInt32BE(newStart - oldStart, 18)
  if (ends !== undefined) {
    record[0] = format.shared
    record.writeUInt32BE(ends.start, 22)
    record.writeUInt32BE(ends.end, 26)
  }
  record.write(key.json, keyStart, 'utf8')
  if (oldJson !== undefined) record.set(oldJson, oldStart)
  if (newJson !== undefined) newJson.copy(record, newStart, newFrom, newTo)
  return record
}

/** What a new image need not repeat of the old one; undefined where it is less than its header. */
function sharedEnds(oldJson: Buffer, newJson: Buffer): CommonEnds | undefined {
  const ends = commonEnds(oldJson, newJson)
  return ends.start + ends.end > headerBytes.shared - headerBytes.whole ? ends : undefined
}

function writeHeader(record: Buffer, content: RecordContent, imageBytes: number): void {
  const { change, key, timeMs } = content
  record[0] = format.whole
  record[1] = kindOf(change) | (change.byService === true ? byServiceFlag : 0)
  record.writeDoubleBE(timeMs, 2)
  record.writeUInt32BE(key.sizeBytes + imageBytes, 10)
}

function kindOf({ before, after }: ItemChange): number {
  if (before === undefined) return 0
  return after === undefined ? 2 : 1
}

/** A text of a stored change by where it is; nothing is copied or looked at. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

/** A change as it was recorded. Its texts share the memory of the stored form. */
export class StoredChange {
  readonly stored: Buffer
  readonly key: TextSpan
  /** Empty for an image that is not there. */
  readonly oldImage: TextSpan
  /** Parts that make up the image one behind the other; none for an image that is not there. */
  readonly newImage: readonly TextSpan[]

  /** The inverse of {@link encodeChange}. Throws InvariantViolation for bytes that are none. */
  constructor(bytes: Bytes) {
    const stored = asBuffer(bytes)
    const keyStart = textStart(stored)
    invariant(keyStart !== undefined && hasTexts(stored, keyStart), 'a stored change has a format')
    const keyEnd = keyStart + stored.readUInt32BE(14)
    const oldEnd = keyEnd + stored.readUInt32BE(18)
    this.stored = stored
    this.key = { start: keyStart, end: keyEnd }
    this.oldImage = { start: keyEnd, end: oldEnd }
    const parts = [{ start: oldEnd, end: stored.length }]
    if (stored[0] === format.shared) {
      parts.unshift({ start: keyEnd, end: keyEnd + stored.readUInt32BE(22) })
      parts.push({ start: oldEnd - stored.readUInt32BE(26), end: oldEnd })
    }
    this.newImage = parts.filter(({ start, end }) => end > start)
  }

  get kind(): ChangeKind {
    return kinds[(this.stored[1] as number) & kindMask] as ChangeKind
  }

  get byService(): boolean {
    return ((this.stored[1] as number) & byServiceFlag) !== 0
  }

  get timeMs(): number {
    return timeOfChange(this.stored)
  }

  /** Of the key and the images that are there. */
  get sizeBytes(): number {
    return this.stored.readUInt32BE(10)
  }

  get keyJson(): Bytes {
    return this.#textOf(this.key)
  }

  get oldJson(): Bytes | undefined {
    return this.oldImage.end > this.oldImage.start ? this.#textOf(this.oldImage) : undefined
  }

  get newJson(): Bytes | undefined {
    const [first, ...others] = this.newImage.map((part) => this.#textOf(part))
    return first === undefined || others.length === 0 ? first : Buffer.concat([first, ...others])
  }

  #textOf({ start, end }: TextSpan): Bytes {
    return this.stored.subarray(start, end)
  }
}

/** Where the texts of a record begin; undefined for bytes that are none. */
function textStart(record: Buffer): number | undefined {
  const start = record[0] === format.shared ? headerBytes.shared : headerBytes.whole
  if (record.length < start) return undefined
  if (record[0] !== format.whole && record[0] !== format.shared) return undefined
  const flags = record[1] as number
  const isKnown = (flags & ~(kindMask | byServiceFlag)) === 0 && (flags & kindMask) < kinds.length
  return isKnown ? start : undefined
}

function hasTexts(record: Buffer, start: number): boolean {
  const oldBytes = record.readUInt32BE(18)
  if (start + record.readUInt32BE(14) + oldBytes > record.length) return false
  if (record[0] === format.whole) return true
  return record.readUInt32BE(22) <= oldBytes && record.readUInt32BE(26) <= oldBytes
}

/** The time of a stored change, in milliseconds since the epoch. */
export const timeOfChange = (stored: Bytes): number => asBuffer(stored).readDoubleBE(2)
