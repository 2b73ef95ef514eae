import type { RequestHeaders } from './rawMessage.ts'

/**
 * The head of a request such as SDKs send: `POST / HTTP/1.1`, a host, a body in JSON whose length
 * is told, no header that we ask for twice, nothing that changes how the connection goes on.
 */
export interface DirectHead {
  /** Those that anything here asks for, or all of them. */
  readonly headers: RequestHeaders
  /** Names and values by turns as they were received, if all were asked for. */
  readonly rawHeaders: readonly string[] | undefined
  /** Where the body begins. */
  readonly end: number
  /** How long the body is, in bytes. */
  readonly bodyLength: number
  /** Whether it says that no other request will follow. */
  readonly isLast: boolean
}

/** How much is read of a head. */
export interface HeadReading {
  /** The longest head that is read, in bytes. */
  readonly maxBytes: number
  /** Whether all headers are needed, as they are where signatures are verified. */
  readonly isWhole: boolean
}

const jsonType = 'application/x-amz-json-1.0'
const requestLine = Buffer.from('POST / HTTP/1.1\r\n', 'latin1')
/** What the shortest head has beside its request line. */
const leastHeadBytes = requestLine.length + 'host: a\r\ncontent-length: 0\r\n\r\n'.length
/** More digits than the longest body has are none of ours to read. */
const mostLengthDigits = 9

const cr = 0x0d
const lf = 0x0a
const blank = 0x20
const lastPrintable = 0x7e
const colon = 0x3a

/** Of each byte that may stand in a name here, the one in lower case; 0 of all others. */
const nameBytes = new Uint8Array(256)
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-') {
  const byte = character.charCodeAt(0)
  nameBytes[byte] = byte
  nameBytes[character.toUpperCase().charCodeAt(0)] = byte
}

/** What the responder asks for, of a request by any key. */
const askedNames = [
  'host',
  'date',
  'authorization',
  'content-type',
  'user-agent',
  'x-amz-date',
  'x-amz-target',
  'accept-encoding',
  'x-amz-security-token',
] as const

type AskedName = (typeof askedNames)[number]

/** The head of a request that has one of the last two is not read here. */
type AskedHeaders = Record<AskedName, string | undefined> &
  Readonly<Record<'origin' | 'content-encoding', undefined>>

/** Of one shape for all requests. */
const noHeaders = (): AskedHeaders => ({
  host: undefined,
  date: undefined,
  authorization: undefined,
  'content-type': undefined,
  'user-agent': undefined,
  'x-amz-date': undefined,
  'x-amz-target': undefined,
  'accept-encoding': undefined,
  'x-amz-security-token': undefined,
  origin: undefined,
  'content-encoding': undefined,
})

/** What is done with a header: kept, looked at, or the reason not to read the request here. */
type NameUse = AskedName | 'content-length' | 'connection' | 'refused'

const uses: Readonly<Record<string, NameUse>> = {
  ...Object.fromEntries(askedNames.map((name) => [name, name])),
  'content-length': 'content-length',
  connection: 'connection',
  'proxy-connection': 'refused',
  'content-encoding': 'refused',
  'transfer-encoding': 'refused',
  trailer: 'refused',
  te: 'refused',
  expect: 'refused',
  upgrade: 'refused',
  origin: 'refused',
}

/** The names of {@link uses} as bytes, by their length. */
const namesByLength: (readonly { readonly bytes: Uint8Array; readonly use: NameUse }[])[] = []
for (const [name, use] of Object.entries(uses)) {
  const others = namesByLength[name.length] ?? []
  namesByLength[name.length] = [...others, { bytes: Buffer.from(name, 'latin1'), use }]
}

/** Reads heads one after another; holds what it knows of the one that it is at. */
export class DirectHeadReader {
  private readonly reading: HeadReading
  private headers = noHeaders()
  private bodyLength = -1
  private connection = ''
  /** Where names and values begin and end, if all are needed. */
  private readonly places: number[] = []

  constructor(reading: HeadReading) {
    this.reading = reading
  }

  /**
   * The head that `bytes` begin with; undefined if it is not there to its end, or anything about it
   * is not exactly as expected. Whoever knows all of HTTP may find it good all the same.
   */
  read(bytes: Buffer): DirectHead | undefined {
    if (bytes.length < leastHeadBytes || !beginsWithRequestLine(bytes)) return undefined
    this.headers = noHeaders()
    this.bodyLength = -1
    this.connection = ''
    this.places.length = 0
    const end = this.readLines(bytes)
    const { bodyLength } = this
    if (end === -1 || bodyLength === -1) return undefined
    const { isWhole } = this.reading
    const rawHeaders = isWhole
      ? rawHeadersOf(bytes.toString('latin1', 0, end), this.places)
      : undefined
    const headers = rawHeaders === undefined ? this.headers : wholeHeadersOf(rawHeaders)
    if (headers?.host === undefined || headers['content-type'] !== jsonType) return undefined
    return { headers, rawHeaders, end, bodyLength, isLast: this.connection === 'close' }
  }

  /** Where the body begins, or -1. */
  private readLines(bytes: Buffer): number {
    const limit = Math.min(bytes.length, this.reading.maxBytes) - 1
    let at = requestLine.length
    while (at < limit) {
      if (bytes[at] === cr) return bytes[at + 1] === lf ? at + 2 : -1
      const nameStart = at
      while (at < limit && nameBytes[bytes[at] as number] !== 0) at += 1
      if (at === nameStart || at >= limit || bytes[at] !== colon) return -1
      const nameEnd = at
      at += 1
      if (bytes[at] === blank) at += 1
      const valueStart = at
      let byte = bytes[at] as number
      while (byte >= blank && byte <= lastPrintable && at < limit) {
        at += 1
        byte = bytes[at] as number
      }
      if (at >= limit || byte !== cr || bytes[at + 1] !== lf) return -1
      if (isPadded(bytes, valueStart, at)) return -1
      const use = useOf(bytes, nameStart, nameEnd)
      if (use !== undefined && !this.take(use, bytes, valueStart, at)) return -1
      if (this.reading.isWhole) this.places.push(nameStart, nameEnd, valueStart, at)
      at += 2
    }
    return -1
  }

  /** Notes one header, from `start` to `end`. Whether the request can still be read here. */
  private take(use: NameUse, bytes: Buffer, start: number, end: number): boolean {
    if (use === 'refused') return false
    if (use === 'content-length') {
      if (this.bodyLength !== -1) return false
      this.bodyLength = lengthOf(bytes, start, end)
      return this.bodyLength !== -1
    }
    if (use === 'connection') {
      const wanted = bytes.toString('latin1', start, end).toLowerCase()
      if (this.connection !== '' || (wanted !== 'keep-alive' && wanted !== 'close')) return false
      this.connection = wanted
      return true
    }
    if (this.reading.isWhole) return true
    const { headers } = this
    if (headers[use] !== undefined) return false
    headers[use] = bytes.toString('latin1', start, end)
    return true
  }
}

function beginsWithRequestLine(bytes: Buffer): boolean {
  for (let at = 0; at < requestLine.length; at++) {
    if (bytes[at] !== requestLine[at]) return false
  }
  return true
}

/** Whether a value is empty or has blanks around it that are none of it. */
function isPadded(bytes: Buffer, start: number, end: number): boolean {
  return start === end || bytes[start] === blank || bytes[end - 1] === blank
}

function useOf(bytes: Buffer, start: number, end: number): NameUse | undefined {
  const names = namesByLength[end - start]
  if (names === undefined) return undefined
  for (const { bytes: name, use } of names) {
    let at = 0
    while (at < name.length && nameBytes[bytes[start + at] as number] === name[at]) at += 1
    if (at === name.length) return use
  }
  return undefined
}

/** A length in digits without leading zeros, or -1. */
function lengthOf(bytes: Buffer, start: number, end: number): number {
  if (end - start > mostLengthDigits || (bytes[start] === 0x30 && end - start > 1)) return -1
  let length = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return -1
    length = length * 10 + digit
  }
  return length
}

/** Names and values by turns, from the text of a head and where they are in it. */
function rawHeadersOf(text: string, places: readonly number[]): string[] {
  const rawHeaders: string[] = []
  for (let at = 0; at < places.length; at += 2) {
    rawHeaders.push(text.slice(places[at], places[at + 1]))
  }
  return rawHeaders
}

/** All headers by name in lower case; undefined if two have one name. */
function wholeHeadersOf(rawHeaders: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = inLowerCase(rawHeaders[at] as string)
    // What all objects have is as good as a header that was there before.
    if (headers[name] !== undefined) return undefined
    headers[name] = rawHeaders[at + 1] as string
  }
  return headers
}

/** Clients send the same names again and again. */
const knownNames = new Map<string, string>()
const maxKnownNames = 256
const longestKnownName = 64

function inLowerCase(name: string): string {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  if (knownNames.size < maxKnownNames && name.length <= longestKnownName) {
    // What is kept must not keep the head that it was cut from.
    const copy = Buffer.from(name, 'latin1').toString('latin1')
    knownNames.set(copy, copy.toLowerCase())
  }
  return lower
}
