import { expiryKey } from '../layout/storeKeys.ts'
import { lastExpirySeconds } from '../limits.ts'
import type { ExpiryOrder } from '../schema/table.ts'
import type { Bytes } from '../storage/engine.ts'
import type { ItemImage } from './itemImage.ts'

/** One item's entry in the order of expiry of its table; the value is the item's row key. */
export interface ExpiryEntry {
  readonly key: Buffer
  readonly value: Bytes
}

/**
 * The entry of an item; undefined where there is none: the attribute is missing, is no number, or
 * is no time that a clock can come to.
 */
export function expiryEntry(
  { number, attributeName }: ExpiryOrder,
  image: ItemImage | undefined,
  rowKey: Buffer,
): ExpiryEntry | undefined {
  const value = image?.attribute(attributeName)
  if (value === undefined || !('N' in value)) return undefined
  const seconds = expirySeconds(value.N)
  return seconds === undefined
    ? undefined
    : { key: expiryKey(number, seconds, rowKey), value: rowKey }
}

/**
 * The first whole second, counted from the epoch, that is not before the time in `text`; undefined
 * for a time before the epoch or after {@link lastExpirySeconds}. REQUIRES: `text` is canonical.
 */
export function expirySeconds(text: string): number | undefined {
  if (text.startsWith('-')) return undefined
  const pointAt = text.indexOf('.')
  // A canonical fraction is never zero.
  const seconds = pointAt < 0 ? Number(text) : Number(text.slice(0, pointAt)) + 1
  return seconds <= lastExpirySeconds ? seconds : undefined
}
