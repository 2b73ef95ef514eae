import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantViolation } from '../invariant.ts'
import { ItemImage } from '../items/itemImage.ts'
import type { StreamViewType } from '../schema/tableRecord.ts'
import { asBuffer, type Bytes } from '../storage/engine.ts'
import type { Item } from '../values/attributeValue.ts'
import { equalValues } from '../values/compare.ts'
import { itemSize } from '../values/size.ts'
import { item as arbitraryItem } from '../values/testdata/arbitraryValues.ts'
import { encodeChange, StoredChange, timeOfChange, type ItemChange } from './changeRecord.ts'
import { isChange } from './recordDraw.ts'

const item = arbitraryItem()
const image = item.map((content) => ItemImage.ofItem(content))
const byService = fc.constantFrom(true as const, undefined)
const unrelated = fc.record({
  before: fc.option(image, { nil: undefined }),
  after: fc.option(image, { nil: undefined }),
  byService,
})
/** Most of an item stays as it was. */
const update = fc
  .record({ content: item, names: fc.array(fc.string()), byService })
  .map((drawn) => {
    const after = { ...drawn.content, ...Object.fromEntries(drawn.names.map((n) => [n, { S: n }])) }
    const [before, now] = [ItemImage.ofItem(drawn.content), ItemImage.ofItem(after)]
    return { before, after: now, byService: drawn.byService }
  })
const change: fc.Arbitrary<ItemChange> = fc
  .oneof(unrelated, update)
  .filter(({ before, after }) => before !== undefined || after !== undefined)
const viewType = fc.constantFrom<StreamViewType>(
  'KEYS_ONLY',
  'NEW_IMAGE',
  'OLD_IMAGE',
  'NEW_AND_OLD_IMAGES',
)

const textOf = (json: Bytes | undefined): string | undefined => json && asBuffer(json).toString()
const storedOf = (each: ItemImage): Bytes => each.stored

describe('the stored form of a change', () => {
  test('gives back what it was made of, as far as the view type shows it', () => {
    const times = fc.integer({ min: 0, max: 2 ** 48 })
    fc.assert(
      fc.property(change, viewType, item, times, (made, view, key, timeMs) => {
        const encodedKey = { json: JSON.stringify(key), sizeBytes: itemSize(key) }
        const content = { viewType: view, change: made, key: encodedKey, timeMs }
        const stored = encodeChange(content, storedOf)
        const found = new StoredChange(stored)
        const hasOld = view.includes('OLD') && made.before !== undefined
        const hasNew = view.includes('NEW') && made.after !== undefined
        expect(timeOfChange(stored)).toBe(timeMs)
        expect({
          kind: found.kind,
          byService: found.byService,
          timeMs: found.timeMs,
          sizeBytes: found.sizeBytes,
          keyJson: textOf(found.keyJson),
          oldJson: textOf(found.oldJson),
          newJson: textOf(found.newJson),
        }).toEqual({
          kind:
            made.before === undefined ? 'INSERT' : made.after === undefined ? 'REMOVE' : 'MODIFY',
          byService: made.byService === true,
          timeMs,
          sizeBytes:
            encodedKey.sizeBytes +
            (hasOld ? (made.before?.sizeBytes ?? 0) : 0) +
            (hasNew ? (made.after?.sizeBytes ?? 0) : 0),
          keyJson: encodedKey.json,
          oldJson: hasOld ? JSON.stringify(made.before?.item) : undefined,
          newJson: hasNew ? JSON.stringify(made.after?.item) : undefined,
        })
      }),
    )
  })

  test('is refused where it is cut or of another format', () => {
    const made = { before: undefined, after: ItemImage.ofItem({ pk: { S: 'a' } }) }
    const key = { json: '{"pk":{"S":"a"}}', sizeBytes: 3 }
    const content = { viewType: 'NEW_IMAGE', change: made, key, timeMs: 1 } as const
    const stored = encodeChange(content, storedOf)
    const textStart = stored.length - 2 * key.json.length
    for (let length = 0; length < textStart + key.json.length; length++) {
      expect(() => new StoredChange(stored.subarray(0, length))).toThrow(InvariantViolation)
    }
    for (const [at, byte] of [
      [0, 0],
      [0, 3],
      [1, 3],
      [1, 8],
    ] as const) {
      const changed = Buffer.from(stored)
      changed[at] = byte
      expect(() => new StoredChange(changed)).toThrow(InvariantViolation)
    }
  })
})

test('an update has little more than the old image, and the lengths in common are checked', () => {
  const letters = { S: 'x'.repeat(10_000) }
  const made = {
    before: ItemImage.ofItem({ pk: { S: 'a' }, a: letters, n: { N: '1' }, z: letters }),
    after: ItemImage.ofItem({ pk: { S: 'a' }, a: letters, n: { N: '22' }, z: letters }),
  }
  const key = { json: '{"pk":{"S":"a"}}', sizeBytes: 3 }
  const content = { viewType: 'NEW_AND_OLD_IMAGES', change: made, key, timeMs: 1 } as const
  const stored = encodeChange(content, storedOf)
  expect(stored.length).toBeLessThan(20_150)
  expect(textOf(new StoredChange(stored).newJson)).toBe(JSON.stringify(made.after.item))
  for (const at of [22, 26]) {
    const changed = Buffer.from(stored)
    changed.writeUInt32BE(30_000, at)
    expect(() => new StoredChange(changed)).toThrow(InvariantViolation)
  }
})

/** The same value with its members in another order. */
const reversed = (content: Item): Item =>
  Object.fromEntries(Object.entries(content).reverse()) as Item

test('a change is one of values, whatever form the images have and order their members', () => {
  const form = fc.constantFrom(
    (content: Item) => ItemImage.ofItem(content),
    (content: Item) => ItemImage.ofStored(ItemImage.ofItem(content).stored) as ItemImage,
  )
  const pair = fc.oneof(
    fc.tuple(item, item),
    item.map((content) => [content, reversed(content)] as const),
    item.map((content) => [content, { ...content, x: { S: 'ab' } }] as const),
    item.map(
      (content) =>
        [
          { ...content, x: { S: 'ab' } },
          { ...content, x: { S: 'ba' } },
        ] as const,
    ),
  )
  fc.assert(
    fc.property(pair, form, form, ([before, after], formBefore, formAfter) => {
      const images = { before: formBefore(before), after: formAfter(after) }
      expect(isChange(images)).toBe(!equalValues({ M: before }, { M: after }))
    }),
  )
  const one = ItemImage.ofItem({})
  expect(isChange({ before: undefined, after: one })).toBe(true)
  expect(isChange({ before: one, after: undefined })).toBe(true)
  expect(isChange({ before: undefined, after: undefined })).toBe(false)
})
