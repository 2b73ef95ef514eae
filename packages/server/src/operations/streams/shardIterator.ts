import { createHash } from 'node:crypto'
import type { ShardPosition } from '../../changes/streamReader.ts'
import { iteratorInvalid } from '../../errors/streamErrors.ts'

/** Where a reader of a shard is, and since when it may be there. */
export interface ShardIterator extends ShardPosition {
  readonly streamArn: string
  /** When it was given out, in milliseconds since the epoch. */
  readonly issuedMs: number
}

const format = 1
const contentBytes = 25
const digestBytes = 8

/**
 * An iterator as clients get it: the ARN of its stream, a number, and the rest in base64, with a
 * digest, so that what was not given out here is told apart. Nothing of it is kept by the server.
 */
export function encodeIterator(iterator: ShardIterator): string {
  const content = Buffer.allocUnsafe(contentBytes)
  content[0] = format
  content.writeUInt32BE(iterator.stream, 1)
  content.writeUInt32BE(iterator.shard, 5)
  content.writeDoubleBE(iterator.sequence, 9)
  content.writeDoubleBE(iterator.issuedMs, 17)
  const { streamArn } = iterator
  const sealed = Buffer.concat([content, digestOf(streamArn, content)])
  return `${streamArn}|${format}|${sealed.toString('base64')}`
}

/** The inverse of {@link encodeIterator}. Throws ValidationException for any other text. */
export function decodeIterator(text: string): ShardIterator {
  const [streamArn = '', , sealedText = ''] = text.split('|')
  const sealed = Buffer.from(sealedText, 'base64')
  const content = sealed.subarray(0, contentBytes)
  const isSealed =
    sealed.length === contentBytes + digestBytes &&
    sealed.subarray(contentBytes).equals(digestOf(streamArn, content))
  if (!isSealed) throw iteratorInvalid()
  const iterator = {
    streamArn,
    stream: content.readUInt32BE(1),
    shard: content.readUInt32BE(5),
    sequence: content.readDoubleBE(9),
    issuedMs: content.readDoubleBE(17),
  }
  if (encodeIterator(iterator) !== text) throw iteratorInvalid()
  return iterator
}

/** The ARN of the stream of an iterator, or what stands in its place. */
export const streamOfIterator = (text: string): string => text.split('|', 1)[0] as string

function digestOf(streamArn: string, content: Buffer): Buffer {
  const hash = createHash('sha256').update('iterator of a shard').update(streamArn)
  return hash.update(content).digest().subarray(0, digestBytes)
}
