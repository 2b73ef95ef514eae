import { unparsableBody } from '../errors/wireErrors.ts'

/**
 * Most levels of JSON in a body: far above the 32 levels of an attribute value, which take two
 * levels of JSON each, and far below what a recursive walk could not bear.
 */
export const maxJsonLevels: number = 512

/** Bodies up to this many characters cannot nest deep enough to cost much memory when parsed. */
const harmlessLength = 32 * 1024

/**
 * The JSON value of a request body. Strings and names are well-formed Unicode, with U+FFFD in place
 * of each lone surrogate. Members called `__proto__` are ordinary own members.
 * Throws SerializationException for what is no JSON, and for long bodies of more than {@link
 * maxJsonLevels} levels; of short ones only the walks that follow bound the levels.
 */
export function parseBody(bodyText: string): unknown {
  if (bodyText.length > harmlessLength && nestsTooDeep(bodyText)) throw unparsableBody()
  let value: unknown
  try {
    value = JSON.parse(bodyText)
  } catch {
    throw unparsableBody()
  }
  // Text decoded from UTF-8 is well formed: only an escape can bring a lone surrogate.
  if (bodyText.includes('\\ud') || bodyText.includes('\\uD')) return toWellFormed(value, 0)
  return value
}

/**
 * Whether the brackets of `text` nest beyond the limit. Looks before the parser does, because
 * millions of levels would exhaust the memory. Texts that are no JSON get any answer.
 */
function nestsTooDeep(text: string): boolean {
  let levels = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        levels += 1
        if (levels > maxJsonLevels) return true
        break
      case 0x5d: // ]
      case 0x7d: // }
        levels -= 1
        break
      default:
    }
  }
  return false
}

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return text.length
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1
    if (backslashes % 2 === 0) return end
  }
}

function toWellFormed(value: unknown, level: number): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'object' || value === null) return value
  if (level > maxJsonLevels) throw unparsableBody()
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      value[index] = toWellFormed(value[index], level + 1)
    }
    return value
  }
  const object = value as Record<string, unknown>
  for (const name of Object.keys(object)) {
    const member = toWellFormed(object[name], level + 1)
    // INVARIANT: a name that has to change is not `__proto__`, so plain assignment adds a member.
    if (!name.isWellFormed()) delete object[name]
    object[name.toWellFormed()] = member
  }
  return object
}
