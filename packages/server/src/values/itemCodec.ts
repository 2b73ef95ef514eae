import type { LoopTurns } from '../clock.ts'
import { invariant } from '../invariant.ts'
import type { Item } from './attributeValue.ts'

/*
 * The stored form of an item: one byte of format (1), its size in bytes as DynamoDB counts it (four
 * bytes, big-endian), then its DynamoDB-JSON as UTF-8, exactly as a client gets it back. Reads that
 * neither filter nor project copy the text and never parse it.
 */

const format = 1
const headerBytes = 5

/** The stored form of `item`, whose size by itemSize is `sizeBytes`. */
export function encodeItem(item: Item, sizeBytes: number): Buffer {
  const json = JSON.stringify(item)
  const stored = Buffer.allocUnsafe(headerBytes + Buffer.byteLength(json, 'utf8'))
  stored[0] = format
  stored.writeUInt32BE(sizeBytes, 1)
  stored.write(json, headerBytes, 'utf8')
  return stored
}

/**
 * The stored form of an item from the texts of its values, under their names, in the order of the
 * text that JSON.stringify would make of it.
 */
export function joinItem(attributes: Iterable<AttributeInText>, sizeBytes: number): Buffer {
  return Buffer.concat(piecesOf(attributes, sizeBytes))
}

/** So much is copied before others may go first: about half a millisecond, in new memory. */
const copiedAtOnceBytes = 256 * 1024

/** As {@link joinItem}; others may go first meanwhile. */
export async function joinItemInTurns(
  attributes: Iterable<AttributeInText>,
  sizeBytes: number,
  turns: LoopTurns,
): Promise<Buffer> {
  const pieces = piecesOf(attributes, sizeBytes)
  const stored = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += copiedAtOnceBytes) {
      const turn = turns.next()
      if (turn !== undefined) await turn
      stored.set(piece.subarray(from, from + copiedAtOnceBytes), at + from)
    }
    at += piece.length
  }
  return stored
}

/** An attribute of an item: its name, and the text of its value. */
interface AttributeInText {
  readonly name: string
  readonly text: Uint8Array
}

function piecesOf(attributes: Iterable<AttributeInText>, sizeBytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = [header(sizeBytes)]
  let separator = '{'
  for (const { name, text } of attributes) {
    pieces.push(Buffer.from(`${separator}${JSON.stringify(name)}:`, 'utf8'), text)
    separator = ','
  }
  pieces.push(Buffer.from(separator === '{' ? '{}' : '}', 'utf8'))
  return pieces
}

function header(sizeBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes)
  bytes[0] = format
  bytes.writeUInt32BE(sizeBytes, 1)
  return bytes
}

/** The size in bytes that the item was stored with. */
export function storedItemSize(stored: Uint8Array): number {
  checkFormat(stored)
  let sizeBytes = 0
  for (let at = 1; at < headerBytes; at++) sizeBytes = sizeBytes * 256 + (stored[at] as number)
  return sizeBytes
}

/** The DynamoDB-JSON text of the item; shares the memory of `stored`. */
export function storedItemJson(stored: Uint8Array): Uint8Array {
  checkFormat(stored)
  return stored.subarray(headerBytes)
}

/**
 * The item. Its maps are plain JSON objects: read them through attributeOf, copy them before adding
 * attributes.
 */
export function decodeItem(stored: Uint8Array): Item {
  const json = storedItemJson(stored)
  const text = Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8')
  return JSON.parse(text) as Item
}

function checkFormat(stored: Uint8Array): void {
  invariant(stored[0] === format && stored.length > headerBytes, 'a stored item has format 1')
}
