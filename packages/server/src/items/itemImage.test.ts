import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attributeOf, type Item } from '../values/attributeValue.ts'
import { equalValues } from '../values/compare.ts'
import { decodeItem, encodeItem } from '../values/itemCodec.ts'
import { itemSize } from '../values/size.ts'
import { attributeValue, item } from '../values/testdata/arbitraryValues.ts'
import { ItemImage } from './itemImage.ts'

const ballast = { S: 'x"\\'.repeat(3400) }

/** The image of an item that the store holds, large enough to be taken apart. */
function largeImage(original: Item): ItemImage {
  return ItemImage.ofStored(encodeItem(original, itemSize(original))) as ItemImage
}

const largeItem = item().map((small) => Object.assign(small, { ballast }))
/** Names that items have, of which some stand before others whatever was added first. */
const name = fc
  .constantFrom('a', 'b', 'ballast', '0', '7', '4294967294', '4294967295', '01', 'é"')
  .map(String)
const values = fc.dictionary(name, attributeValue())

/** Whether both show the same in every way. */
function expectSame(image: ItemImage, expected: Item): void {
  expect(image.sizeBytes).toBe(itemSize(expected))
  const stored = encodeItem(expected, itemSize(expected))
  expect(stored.equals(image.encode())).toBe(true)
  expect(equalValues({ M: image.item }, { M: expected })).toBe(true)
}

describe('an image of a large item', () => {
  test('has its attributes, by name, some of them or all', () => {
    fc.assert(
      fc.property(largeItem, fc.array(name), (original, names) => {
        for (const each of names) {
          expect(largeImage(original).attribute(each)).toEqual(attributeOf(original, each))
        }
        const some = largeImage(original).attributesOf(() => names)
        const expected = names.filter((each) => Object.hasOwn(original, each))
        expect(Object.keys(some).sort()).toEqual([...new Set(expected)].sort())
        expectSame(largeImage(original), decodeItem(encodeItem(original, 0)))
      }),
    )
  })

  test('projected has the chosen attributes and their size', () => {
    fc.assert(
      fc.property(largeItem, values, fc.array(name), (small, more, names) => {
        const original = { ...small, ...more }
        const chosen = Object.keys(original).filter((each) => names.includes(each))
        const expected = Object.fromEntries(chosen.map((each) => [each, original[each]])) as Item
        expectSame(largeImage(original).withOnly(new Set(names)), expected)
      }),
    )
  })

  test('changed is the image of the changed item', () => {
    fc.assert(
      fc.property(largeItem, values, values, fc.array(name), (small, more, changes, names) => {
        const original = { ...small, ...more }
        const image = largeImage(original)
        const read = image.attributesOf(() => [...names, ...Object.keys(changes)])
        const after: Item = { ...read, ...changes }
        const kept = names.slice(1)
        for (const each of names) if (!kept.includes(each)) delete after[each]
        const expected: Item = { ...original }
        for (const each of Object.keys(read)) if (!(each in after)) delete expected[each]
        Object.assign(expected, after)
        const changed = image.withChanged(read, after, Infinity)
        expectSame(changed, expected)
        expectSame(image, original)
        expect(changed.isSameAs(largeImage(expected))).toBe(true)
        expect(changed.isSameAs(image)).toBe(JSON.stringify(expected) === JSON.stringify(original))
        expect(changed.equals(image)).toBe(equalValues({ M: expected }, { M: original }))
      }),
    )
  })

  test('is equal to one whose attributes stand in another order', () => {
    const other = largeImage({ a: { SS: ['p', 'q'] }, ballast })
    expect(other.equals(largeImage({ ballast, a: { SS: ['q', 'p'] } }))).toBe(true)
    expect(other.equals(largeImage({ ballast, b: { SS: ['q', 'p'] } }))).toBe(false)
    expect(other.equals(ItemImage.ofItem({ ballast, a: { SS: ['q', 'p'] } }))).toBe(true)
  })

  test('holds the memory of what was read of it', () => {
    const image = largeImage({ ballast, a: { N: '1' } })
    const textBytes = image.stored.length
    expect(image.heldBytes).toBe(textBytes)
    image.attribute('a')
    expect(image.heldBytes).toBeLessThan(textBytes + 100)
    image.attribute('ballast')
    expect(image.heldBytes).toBeGreaterThan(2 * textBytes - 100)
  })
})
