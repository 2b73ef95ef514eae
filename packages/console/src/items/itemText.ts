import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { writeExactJson } from '../values/exactJson.ts'
import { toPlainJson } from '../values/plainJson.ts'

/** More of a value than this is not shown in a cell. */
const mostCharacters = 200

/** A value in one line, for a cell. */
export function cellText(value: AttributeValue | undefined): string {
  if (value === undefined) return ''
  const text = value.S ?? writeExactJson(toPlainJson(value), '')
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text
}

/** The attributes of items, those of the key first, the others by name. */
export function columnsOf(
  items: readonly Record<string, AttributeValue>[],
  keyNames: readonly string[],
): readonly string[] {
  const others = new Set(items.flatMap((item) => Object.keys(item)))
  for (const name of keyNames) others.delete(name)
  return [...keyNames, ...[...others].sort()]
}
