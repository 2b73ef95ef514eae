import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidKeyError, TableDefinitionError } from '../index.ts'
import { KeyTemplate } from './keyTemplate.ts'

const templates = [
  'GROUP#{group}',
  '{a}',
  'A#{a}#B#{b}',
  'A{a}##{b}##',
  'N{n:4}{rest}',
  '{x}|{n:2}',
  '{n:3}{m:2}',
  'ALL',
  '#{a}#{b}##{c}',
].map((text) => new KeyTemplate(text))

const arbitraryValue = fc.string({
  unit: fc.constantFrom('a', '#', 'B', '|', '0', '😀'),
  maxLength: 6,
})

describe('a key', () => {
  test('that is made of values is taken apart into them, or not made', () => {
    const arbitrary = fc.record({
      template: fc.constantFrom(...templates),
      texts: fc.array(arbitraryValue, { minLength: 3, maxLength: 3 }),
      numbers: fc.array(fc.nat(12_000), { minLength: 3, maxLength: 3 }),
    })
    let made = 0
    fc.assert(
      fc.property(arbitrary, ({ template, texts, numbers }) => {
        const values = Object.fromEntries(
          template.placeholders.map(({ name, width }, i) => {
            return [name, width === undefined ? (texts[i] as string) : (numbers[i] as number)]
          }),
        )
        let key: string
        try {
          key = template.compose(values)
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidKeyError)
          return
        }
        made += 1
        expect(template.match(key)).toEqual(values)
        const [first] = template.placeholders
        if (first !== undefined) {
          const beginning = template.composeBeginning({ [first.name]: values[first.name] })
          expect(key.startsWith(beginning)).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
    expect(made).toBeGreaterThan(200)
  })

  test.each([
    ['GROUP#{group}', {}, '{group} of the key GROUP#{group} has no value.'],
    ['GROUP#{group}', { group: '' }, '{group} of the key GROUP#{group} is empty.'],
    ['GROUP#{group}', { group: 5 }, '{group} of the key GROUP#{group} is to be a string.'],
    ['N#{n:3}', { n: 1000 }, '{n} of the key N#{n:3} is no number of 3 digits.'],
    ['N#{n:3}', { n: -1 }, '{n} of the key N#{n:3} is no number of 3 digits.'],
    ['N#{n:3}', { n: 1.5 }, '{n} of the key N#{n:3} is no number of 3 digits.'],
    [
      '{a}#{b}',
      { a: 'x#y', b: 'z' },
      '{a} of the key {a}#{b} has "#" in its value "x#y", which ends it.',
    ],
    [
      '{a}##{b}',
      { a: 'x#', b: 'z' },
      '{a} of the key {a}##{b} has "##" in its value "x#", which ends it.',
    ],
  ])('of %s is not made of %j', (text, values, message) => {
    const compose = (): string => new KeyTemplate(text).compose(values)
    expect(compose).toThrow(InvalidKeyError)
    expect(compose).toThrow(message)
  })

  test.each([
    ['GROUP#{group}', 'GROUPOWNER#x'],
    ['GROUP#{group}', 'GROUP#'],
    ['N#{n:3}', 'N#12'],
    ['N#{n:3}', 'N#1234'],
    ['N#{n:3}', 'N#1a3'],
    ['A{a}B', 'AxBB'],
    ['ALL', 'ALLY'],
  ])('of %s is not %s', (text, key) => expect(new KeyTemplate(text).match(key)).toBeUndefined())
})

test.each([
  ['', 'The key template  is empty.'],
  ['A{', 'The key template A{ has a brace without its other half.'],
  ['A}B{x}', 'The key template A}B{x} has a brace without its other half.'],
  ['{}', '{} in the key template {} is neither {name} nor {name:digits}.'],
  ['{a:x}', '{a:x} in the key template {a:x} is neither {name} nor {name:digits}.'],
  ['{a:16}', '{a:16} in the key template {a:16} is neither {name} nor {name:digits}.'],
  ['{a}#{a}', 'The key template {a}#{a} has a placeholder twice.'],
  ['{a}{b}', 'The key template {a}{b} has nothing that ends {a}.'],
])('the template %j is refused', (text, message) => {
  expect(() => new KeyTemplate(text)).toThrow(TableDefinitionError)
  expect(() => new KeyTemplate(text)).toThrow(message)
})
