import { InvalidCursorError } from '../errors/invalidCursorError.ts'
import type { StoredItem } from '../schema/entity.ts'

/** The version of the form of cursors; one of another version is refused. */
const version = 1

/**
 * Where a query or a segment of a scan is: behind the item with these key attributes, all of them
 * strings.
 */
export type Position = StoredItem

/** What a cursor holds: the version, what it belongs to, and where that is. */
type Content = readonly [number, string, unknown]

/**
 * A text for a position, which any process can go on from: JSON in base64url. It has the key of an
 * item in it, and no secret keeps it from being changed.
 *
 * @param origin what the position belongs to: another query refuses it
 */
export function writeCursor(origin: string, place: unknown): string {
  const text = JSON.stringify([version, digest(origin), place] satisfies Content)
  const bytes = new TextEncoder().encode(text)
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * The position of a cursor.
 * @throws InvalidCursorError
 */
export function readCursor(origin: string, cursor: string): unknown {
  const content = parse(cursor)
  if (!Array.isArray(content) || content[0] !== version) {
    throw new InvalidCursorError('The cursor is damaged, or of another version of the client.')
  }
  if (content[1] !== digest(origin)) {
    throw new InvalidCursorError('The cursor belongs to another query or scan.')
  }
  return content[2]
}

function parse(cursor: string): unknown {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** FNV-1a over UTF-16 units: it tells queries apart, it protects nothing. */
function digest(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  }
  return hash.toString(36)
}

/** The position as a cursor has it: the texts of the key attributes. */
export function plainPosition(position: Position): Record<string, string> {
  return Object.fromEntries(Object.entries(position).map(([name, { S }]) => [name, S ?? '']))
}

/** The position of texts, if it is one. */
export function positionOf(plain: unknown): Position {
  if (typeof plain !== 'object' || plain === null)
    throw new InvalidCursorError('The cursor is damaged.')
  return Object.fromEntries(Object.entries(plain).map(([name, S]) => [name, { S: String(S) }]))
}
