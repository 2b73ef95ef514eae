import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AttributeNames } from './attributeNames.ts'
import type { AttributeValue, Item } from './attributeValue.ts'

const names = fc.oneof(
  fc.constantFrom('a', 'b', 'S', 'N', 'M', 'a"b', 'a\\', '{', '}', 'é', '__proto__', '1', 'a.b'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
)
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\\"',
    '"a":{"S":"x"}',
    '\u0000',
    '\u007f',
    '\ud83d\ude00',
    '}'.repeat(70),
  ),
)
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts.map((S) => ({ S })),
    fc.integer().map((N) => ({ N: String(N) })),
    fc.constantFrom({ NULL: true }, { BOOL: false }, { B: 'AA==' }),
    fc.array(texts, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
    fc.array(fc.integer(), { minLength: 1, maxLength: 3 }).map((all) => ({ NS: all.map(String) })),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 3 }).map((all) => ({ M: mapOf(all) })),
  ) as fc.Arbitrary<AttributeValue>,
}))

function mapOf(entries: readonly (readonly [string, AttributeValue])[]): Item {
  const item: Item = Object.create(null) as Item
  for (const [name, attribute] of entries) item[name] = attribute
  return item
}

it('reads what the parser would have, of the attributes that have the names, in their order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(names, value)),
      fc.array(names, { maxLength: 4 }),
      (all, some) => {
        const item = mapOf(all)
        const wanted = new Set([...some, ...Object.keys(item).slice(0, 2)])
        const read = new AttributeNames(wanted).read(Buffer.from(JSON.stringify(item), 'utf8'))
        const expected = Object.entries(item).filter(([name]) => wanted.has(name))
        expect(JSON.stringify(Object.entries(read))).toBe(JSON.stringify(expected))
      },
    ),
    { numRuns: 2000 },
  )
})

it('reads nothing of an item without attributes', () => {
  expect(Object.keys(new AttributeNames(['a']).read(Buffer.from('{}')))).toEqual([])
})
