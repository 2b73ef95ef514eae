import type { Item } from './attributes.ts'
import { itemSize } from './sizes.ts'
import type { ItemChange } from './tables.ts'

export const viewTypes = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'] as const
export type ViewType = (typeof viewTypes)[number]

/** What a record of a stream tells, but for its number and its time. */
export interface ToldChange {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly Keys: Item
  readonly NewImage?: Item
  readonly OldImage?: Item
  readonly SizeBytes: number
  readonly StreamViewType: ViewType
}

/** The record of a change in a stream of this type. */
export function recordOf({ key, before, after }: ItemChange, viewType: ViewType): ToldChange {
  const shownAfter = viewType.includes('NEW') ? after : undefined
  const shownBefore = viewType.includes('OLD') ? before : undefined
  const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY'
  return {
    eventName,
    Keys: key,
    ...(shownAfter !== undefined && { NewImage: shownAfter }),
    ...(shownBefore !== undefined && { OldImage: shownBefore }),
    SizeBytes: itemSize(key) + itemSize(shownAfter ?? {}) + itemSize(shownBefore ?? {}),
    StreamViewType: viewType,
  }
}

/** Records by their items: what one batch does to several items has no order. */
export function byItem(records: readonly ToldChange[]): Record<string, ToldChange[]> {
  const items: Record<string, ToldChange[]> = {}
  for (const record of records) {
    const name = JSON.stringify(Object.entries(record.Keys).sort(([a], [b]) => (a < b ? -1 : 1)))
    const known = items[name] ?? []
    items[name] = [...known, record]
  }
  return items
}
