import { EncodedItem } from '../values/encodedItem.ts'

/**
 * The response as UTF-8 JSON. An {@link EncodedItem}, wherever it stands, goes in as the bytes that
 * it has. Members that are undefined are left out, as by JSON.stringify.
 */
export function encodeResponse(response: object): Uint8Array {
  if (!holdsEncodedItem(response)) return Buffer.from(JSON.stringify(response), 'utf8')
  const pieces = new ResponsePieces()
  writeValue(response, pieces)
  return pieces.join()
}

/** The output in pieces: texts, and the items between them. */
class ResponsePieces {
  private readonly pieces: (string | Uint8Array)[] = []
  private text = ''

  addText(text: string): void {
    this.text += text
  }

  addItem(item: EncodedItem): void {
    if (this.text !== '') this.pieces.push(this.text)
    this.pieces.push(item.json)
    this.text = ''
  }

  join(): Uint8Array {
    this.pieces.push(this.text)
    let length = 0
    for (const piece of this.pieces) {
      length += typeof piece === 'string' ? utf8Length(piece) : piece.length
    }
    const bytes = Buffer.allocUnsafe(length)
    let at = 0
    for (const piece of this.pieces) {
      if (typeof piece === 'string') {
        at += writeText(piece, bytes, at)
      } else {
        bytes.set(piece, at)
        at += piece.length
      }
    }
    return bytes
  }
}

/** Up to this length a call of the platform costs more than to look at each character. */
const shortText = 32

function isShortAscii(text: string): boolean {
  if (text.length > shortText) return false
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

function utf8Length(text: string): number {
  return isShortAscii(text) ? text.length : Buffer.byteLength(text, 'utf8')
}

/** Writes `text` and gives how many bytes it takes. */
function writeText(text: string, bytes: Buffer, start: number): number {
  if (!isShortAscii(text)) return bytes.write(text, start, 'utf8')
  for (let at = 0; at < text.length; at++) bytes[start + at] = text.charCodeAt(at)
  return text.length
}

function holdsEncodedItem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof EncodedItem) return true
  if (Array.isArray(value)) return value.some(holdsEncodedItem)
  const object = value as Record<string, unknown>
  for (const name in object) if (holdsEncodedItem(object[name])) return true
  return false
}

/** REQUIRES: `value` is not undefined. */
function writeValue(value: unknown, pieces: ResponsePieces): void {
  if (value instanceof EncodedItem) pieces.addItem(value)
  else if (!holdsEncodedItem(value)) pieces.addText(JSON.stringify(value))
  else if (Array.isArray(value)) writeArray(value, pieces)
  else writeObject(value as Record<string, unknown>, pieces)
}

function writeArray(array: readonly unknown[], pieces: ResponsePieces): void {
  let separator = '['
  for (const element of array) {
    pieces.addText(separator)
    writeValue(element ?? null, pieces)
    separator = ','
  }
  pieces.addText(']')
}

function writeObject(object: Record<string, unknown>, pieces: ResponsePieces): void {
  let separator = '{'
  for (const name in object) {
    if (object[name] === undefined) continue
    pieces.addText(`${separator}${JSON.stringify(name)}:`)
    writeValue(object[name], pieces)
    separator = ','
  }
  pieces.addText('}')
}
