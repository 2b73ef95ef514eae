import type { TextSpan } from '../../changes/changeRecord.ts'
import { shownSequence } from '../../changes/shards.ts'
import type { StoredStream, StreamEntry } from '../../changes/streamReader.ts'
import { EncodedItem } from '../../values/encodedItem.ts'

/** What stands round the texts of one record. All of it is ASCII. */
interface Frame {
  readonly entry: StreamEntry
  readonly head: string
  readonly tail: string
}

const newImageName = ',"NewImage":'
const oldImageName = ',"OldImage":'
const serviceIdentity = ',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}'

/**
 * Records as clients get them, as one JSON array; keys and images are the bytes that the store has.
 */
export function encodeRecords(
  stream: StoredStream,
  region: string,
  entries: readonly StreamEntry[],
): EncodedItem {
  let length = 2
  const frames: Frame[] = []
  for (const entry of entries) {
    const frame = frameOf(stream, region, entry)
    frames.push(frame)
    length += lengthOf(frame) + 1
  }
  const bytes = Buffer.allocUnsafe(length)
  let at = bytes.write('[', 0, 'latin1')
  for (const frame of frames) {
    if (at > 1) at += bytes.write(',', at, 'latin1')
    at = writeRecord(bytes, at, frame)
  }
  at += bytes.write(']', at, 'latin1')
  return new EncodedItem(bytes.subarray(0, at))
}

function frameOf({ seed, viewType }: StoredStream, region: string, entry: StreamEntry): Frame {
  const { sequence, change } = entry
  const { kind, timeMs, sizeBytes, byService } = change
  const head =
    `{"eventID":"${seed}${sequence.toString(16).padStart(16, '0')}","eventName":"${kind}",` +
    `"eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"${region}",` +
    `"dynamodb":{"ApproximateCreationDateTime":${Math.floor(timeMs / 1000)},"Keys":`
  const tail =
    `,"SequenceNumber":"${shownSequence(sequence)}","SizeBytes":${sizeBytes},` +
    `"StreamViewType":"${viewType}"}${byService ? serviceIdentity : '}'}`
  return { entry, head, tail }
}

const spanLength = ({ start, end }: TextSpan): number => end - start

function lengthOf({ entry, head, tail }: Frame): number {
  const { key, newImage, oldImage } = entry.change
  let texts = spanLength(key) + spanLength(oldImage)
  for (const part of newImage) texts += spanLength(part)
  return head.length + tail.length + newImageName.length + oldImageName.length + texts
}

/** Gives where the record ends. */
function writeRecord(bytes: Buffer, start: number, { entry, head, tail }: Frame): number {
  const { stored, key, newImage, oldImage } = entry.change
  let at = start + bytes.write(head, start, 'latin1')
  at += stored.copy(bytes, at, key.start, key.end)
  if (newImage.length > 0) {
    at += bytes.write(newImageName, at, 'latin1')
    for (const { start: from, end } of newImage) at += stored.copy(bytes, at, from, end)
  }
  if (spanLength(oldImage) > 0) {
    at += bytes.write(oldImageName, at, 'latin1')
    at += stored.copy(bytes, at, oldImage.start, oldImage.end)
  }
  return at + bytes.write(tail, at, 'latin1')
}
