import type { JsonItem, JsonValue } from './tailedRecord.ts'

/*
 * Values as people read them. What stands for a string is always in quotation marks, a number never
 * is; the members of sets stand in braces, those of maps with their names. Nothing of what an
 * application has stored can tell the terminal anything: control characters are escaped.
 */

/** The text of a value: all of it in one line. */
export function valueText(value: JsonValue): string {
  const [type = '', content] = Object.entries(value)[0] ?? []
  switch (type) {
    case 'S':
      return quoted(String(content))
    case 'N':
      return printable(String(content))
    case 'B':
      return bytesText(String(content))
    case 'BOOL':
      return content === true ? 'true' : 'false'
    case 'NULL':
      return 'null'
    case 'SS':
      return braced((content as string[]).map(quoted))
    case 'NS':
      return braced((content as string[]).map(printable))
    case 'BS':
      return braced((content as string[]).map(bytesText))
    case 'L':
      return `[${(content as JsonValue[]).map(valueText).join(', ')}]`
    case 'M':
      return braced(membersOf(content as JsonItem))
    default:
      return quoted(JSON.stringify(value))
  }
}

/** An item's key: `OrderID="1001" Line=2`. */
export const keyText = (key: JsonItem): string =>
  Object.entries(key)
    .map(([name, value]) => `${nameText(name)}=${valueText(value)}`)
    .join(' ')

/** A name as it stands in a path: in quotation marks if it could be read as anything else. */
export const nameText = (name: string): string =>
  /^[\p{L}\p{N}_#:@/$-]+$/u.test(name) ? name : quoted(name)

/** The text, cut to `length` characters. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const end = text.codePointAt(length - 2) as number
  return `${text.slice(0, end > 0xffff ? length - 2 : length - 1)}…`
}

const membersOf = (map: JsonItem): string[] =>
  Object.entries(map).map(([name, value]) => `${nameText(name)}: ${valueText(value)}`)

const braced = (members: readonly string[]): string => `{${members.join(', ')}}`

const bytesText = (base64: string): string => `<${printable(base64)}>`

const quoted = (text: string): string => printable(JSON.stringify(text))

/** Control and format characters, and what ends a line, as their escapes. */
const printable = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  )
