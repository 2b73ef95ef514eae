import { maxCborLevels } from '../limits.ts'

/*
 * CBOR (RFC 8949) as far as Smithy's RPC v2 has it: no tags but that of a time in seconds, no keys
 * but texts. Integers beyond what a number holds exactly become the nearest number.
 */

/** Bytes that are no CBOR, or more of it than is taken. */
export class CborFault extends Error {}

/** A time in seconds since the epoch: tag 1. */
export class CborTime {
  readonly seconds: number

  constructor(seconds: number) {
    this.seconds = seconds
  }
}

/** A number that is written as a float even if it is whole. */
export class CborDouble {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

const indefinite = 31
const breakByte = 0xff

/**
 * The value of `bytes`: maps as objects without a prototype, byte strings as Uint8Array, times as
 * numbers of seconds; other tags are passed over, and undefined is null. Throws CborFault.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new CborReader(bytes)
  const value = reader.value(1)
  if (!reader.isAtEnd) throw new CborFault('bytes behind the value')
  return value
}

class CborReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  value(level: number): unknown {
    if (level > maxCborLevels) throw new CborFault('too many levels')
    const head = this.#byte()
    const [major, info] = [head >> 5, head & 0x1f]
    switch (major) {
      case 0:
        return this.#argument(info)
      case 1:
        return -1 - this.#argument(info)
      case 2:
        return this.#string(major, info)
      case 3:
        return textOf(this.#string(major, info))
      case 4:
        return this.#array(info, level)
      case 5:
        return this.#map(info, level)
      case 6:
        this.#argument(info)
        return this.value(level + 1)
      default:
        return this.#simple(info)
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) throw new CborFault('ends too early')
    this.#at += 1
    return byte
  }

  #skip(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start) throw new CborFault('ends too early')
    this.#at += length
    return start
  }

  /** A length, a number or a tag. */
  #argument(info: number): number {
    if (info < 24) return info
    if (info === 24) return this.#byte()
    if (info === 25) return this.#view.getUint16(this.#skip(2))
    if (info === 26) return this.#view.getUint32(this.#skip(4))
    if (info === 27) return Number(this.#view.getBigUint64(this.#skip(8)))
    throw new CborFault('unknown length')
  }

  /** A string in one piece or in several, which have the same type. */
  #string(major: number, info: number): Uint8Array {
    if (info !== indefinite) {
      const length = this.#argument(info)
      const start = this.#skip(length)
      return this.#bytes.subarray(start, start + length)
    }
    const pieces: Uint8Array[] = []
    while (!this.#endsHere()) {
      const head = this.#byte()
      if (head >> 5 !== major || (head & 0x1f) === indefinite) throw new CborFault('strange piece')
      pieces.push(this.#string(major, head & 0x1f))
    }
    return Buffer.concat(pieces)
  }

  #endsHere(): boolean {
    if (this.#bytes[this.#at] !== breakByte) return false
    this.#at += 1
    return true
  }

  /** Whether one more of `length` follows, of which there were `count`. */
  #goesOn(length: number | undefined, count: number): boolean {
    return length === undefined ? !this.#endsHere() : count < length
  }

  #array(info: number, level: number): unknown[] {
    const length = info === indefinite ? undefined : this.#argument(info)
    const elements: unknown[] = []
    while (this.#goesOn(length, elements.length)) elements.push(this.value(level + 1))
    return elements
  }

  #map(info: number, level: number): object {
    const length = info === indefinite ? undefined : this.#argument(info)
    const members = Object.create(null) as Record<string, unknown>
    for (let count = 0; this.#goesOn(length, count); count++) {
      const key = this.value(level + 1)
      if (typeof key !== 'string') throw new CborFault('a key that is no text')
      members[key] = this.value(level + 1)
    }
    return members
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false
      case 21:
        return true
      case 22:
      case 23:
        return null
      case 25:
        return halfOf(this.#view.getUint16(this.#skip(2)))
      case 26:
        return this.#view.getFloat32(this.#skip(4))
      case 27:
        return this.#view.getFloat64(this.#skip(8))
      default:
        throw new CborFault('unknown simple value')
    }
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new CborFault('a text that is not UTF-8')
  }
}

/** A float of 16 bits (RFC 8949, appendix D). */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * 2 ** -24 * fraction
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * 2 ** (exponent - 25) * (fraction + 1024)
}

/**
 * The bytes of a value of null, booleans, numbers, texts, arrays, objects, CborTime and CborDouble.
 * Members that are undefined are left out.
 */
export function encodeCbor(value: unknown): Uint8Array {
  const pieces: Uint8Array[] = []
  write(value, pieces)
  return Buffer.concat(pieces)
}

function write(value: unknown, pieces: Uint8Array[]): void {
  if (value === null || value === undefined) pieces.push(Buffer.of(0xf6))
  else if (typeof value === 'boolean') pieces.push(Buffer.of(value ? 0xf5 : 0xf4))
  else if (typeof value === 'number') writeNumber(value, pieces)
  else if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8')
    pieces.push(headOf(3, bytes.length), bytes)
  } else if (value instanceof CborTime) {
    pieces.push(headOf(6, 1))
    writeNumber(value.seconds, pieces)
  } else if (value instanceof CborDouble) pieces.push(doubleOf(value.value))
  else if (Array.isArray(value)) {
    pieces.push(headOf(4, value.length))
    for (const element of value) write(element, pieces)
  } else {
    const members = Object.entries(value).filter(([, member]) => member !== undefined)
    pieces.push(headOf(5, members.length))
    for (const [name, member] of members) {
      write(name, pieces)
      write(member, pieces)
    }
  }
}

function writeNumber(value: number, pieces: Uint8Array[]): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) pieces.push(doubleOf(value))
  else pieces.push(value < 0 ? headOf(1, -1 - value) : headOf(0, value))
}

function doubleOf(value: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = 0xfb
  bytes.writeDoubleBE(value, 1)
  return bytes
}

/** The first bytes of a value: its major type and its argument. */
function headOf(major: number, argument: number): Uint8Array {
  const type = major << 5
  if (argument < 24) return Buffer.of(type | argument)
  if (argument < 2 ** 8) return Buffer.of(type | 24, argument)
  if (argument < 2 ** 16) return Buffer.of(type | 25, argument >> 8, argument & 0xff)
  const bytes = Buffer.alloc(argument < 2 ** 32 ? 5 : 9)
  bytes[0] = type | (bytes.length === 5 ? 26 : 27)
  if (bytes.length === 5) bytes.writeUInt32BE(argument, 1)
  else bytes.writeBigUInt64BE(BigInt(argument), 1)
  return bytes
}
