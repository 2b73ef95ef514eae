import type { Bytes } from '../engine.ts'

/** Object identifiers of PostgreSQL's own types (pg_type.dat). */
const byteaType = 17
const int8Type = 20
/** Number of dimensions, a flag for nulls, type of the elements; then length and lower bound. */
const headBytes = 20
const lengthBytes = 4
const nullLength = -1
const wordRange = 2 ** 32

/**
 * `bytea[]` as the protocol has it in binary (array_recv of PostgreSQL): a text would be twice as
 * long, and would have to be written here and read there byte by byte.
 */
export function byteaArray(elements: readonly (Bytes | undefined)[]): Buffer {
  let size = headBytes
  for (const element of elements) size += lengthBytes + (element?.length ?? 0)
  const buffer = Buffer.allocUnsafe(size)
  let offset = writeHead(buffer, byteaType, elements)
  for (const element of elements) {
    offset = buffer.writeInt32BE(element?.length ?? nullLength, offset)
    if (element === undefined) continue
    buffer.set(element, offset)
    offset += element.length
  }
  return buffer.subarray(0, offset)
}

/** `bigint[]`, of integers that a number holds exactly. */
export function bigintArray(elements: readonly number[]): Buffer {
  const buffer = Buffer.allocUnsafe(headBytes + elements.length * (lengthBytes + 8))
  let offset = writeHead(buffer, int8Type, elements)
  for (const element of elements) {
    const high = Math.floor(element / wordRange)
    offset = buffer.writeInt32BE(8, offset)
    offset = buffer.writeInt32BE(high, offset)
    offset = buffer.writeUInt32BE(element - high * wordRange, offset)
  }
  return buffer.subarray(0, offset)
}

/** Gives the offset behind the head. An array of nothing has no dimension. */
function writeHead(buffer: Buffer, type: number, elements: readonly unknown[]): number {
  let offset = buffer.writeInt32BE(elements.length === 0 ? 0 : 1, 0)
  offset = buffer.writeInt32BE(elements.includes(undefined) ? 1 : 0, offset)
  offset = buffer.writeInt32BE(type, offset)
  if (elements.length === 0) return offset
  offset = buffer.writeInt32BE(elements.length, offset)
  return buffer.writeInt32BE(1, offset)
}
