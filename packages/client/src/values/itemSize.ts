import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/**
 * Sizes by the rules of DynamoDB's guide ("Item sizes and formats"). A number is counted as small
 * as it can be, so that nothing is refused which DynamoDB would take.
 */
export function itemSize(item: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0
  for (const [name, value] of Object.entries(item)) bytes += textSize(name) + valueSize(value)
  return bytes
}

export function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return textSize(value.S)
  if (value.N !== undefined) return numberSize(value.N)
  if (value.B !== undefined) return value.B.length
  if (value.SS !== undefined) return sum(value.SS, textSize)
  if (value.NS !== undefined) return sum(value.NS, numberSize)
  if (value.BS !== undefined) return sum(value.BS, ({ length }) => length)
  if (value.L !== undefined) return 3 + sum(value.L, (element) => 1 + valueSize(element))
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemSize(value.M)
  return 1
}

const sum = <T>(values: readonly T[], size: (value: T) => number): number =>
  values.reduce((total, value) => total + size(value), 0)

/** A byte for every two significant digits, and one. */
function numberSize(text: string): number {
  const [mantissa = ''] = text.split(/e/i)
  const digits = mantissa.replaceAll(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '')
  return 1 + (digits.length >> 1)
}

/** The bytes of a text in UTF-8. */
function textSize(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Both halves of a pair count two.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}
