import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvField, CsvReader, type CsvRecord } from './csv.ts'
import { JsonFault } from './exactJson.ts'
import { LineReader } from './lines.ts'

function readIn(pieces: readonly string[]): readonly CsvRecord[] {
  const reader = new CsvReader()
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
}

const told = (text: string) =>
  readIn([text]).map(({ line, fields, fault }) => [line, fault ?? fields.map((each) => each.text)])

describe('CSV', () => {
  const sign = fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'ü', '😀', '')
  const field = fc.option(
    fc.array(sign).map((signs) => signs.join('')),
    { nil: undefined },
  )
  const first = fc.string({ minLength: 1, unit: fc.constantFrom('x', '"', ',') })

  test('comes back as it was written, in pieces of any size', () => {
    const records = fc.array(fc.tuple(first, field, field), { minLength: 1 })
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (written, size, isEnded) => {
          const lines = written.map((fields) => fields.map(csvField).join(','))
          const text = lines.join('\n') + (isEnded ? '\n' : '')
          const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
          const read = readIn(pieces)
          expect(read.map(({ fault }) => fault)).toEqual(written.map(() => undefined))
          const fields = read.map((record) =>
            record.fields.map(({ text: each, isQuoted }) =>
              each === '' && !isQuoted ? undefined : each,
            ),
          )
          expect(fields).toEqual(written)
        },
      ),
    )
  })

  test('has the lines of the file, over texts of several lines and blank ones', () => {
    expect(told('\uFEFFa,b\r\n\r\n"x\ny",1\n\nz,"2"\n')).toEqual([
      [1, ['a', 'b']],
      [3, ['x\ny', '1']],
      [6, ['z', '2']],
    ])
  })

  test.each([
    [
      'a\nb"c\nd',
      [
        [1, ['a']],
        [2, 'A field that is not in quotes has quotes within.'],
        [3, ['d']],
      ],
    ],
    [
      '"a"b\n"c"',
      [
        [1, 'A field has text behind its quotes.'],
        [2, ['c']],
      ],
    ],
    [
      'a\n"b\nc\nd',
      [
        [1, ['a']],
        [2, 'The quotes of a field do not end.'],
        [3, ['c']],
        [4, ['d']],
      ],
    ],
    [
      '"a"" b"\n"',
      [
        [1, ['a" b']],
        [2, 'The quotes of a field do not end.'],
      ],
    ],
  ])('%j: what is wrong is told of its line alone', (text, expected) => {
    expect(told(text)).toEqual(expected)
  })

  test('quotes that do not end are a fault of their line, before all of a file is read', () => {
    const reader = new CsvReader()
    const long = `${'x'.repeat(2 ** 20)}\n`
    const found = ['"a\n', ...Array.from({ length: 9 }, () => long)].flatMap((piece) =>
      reader.push(piece),
    )
    expect(found.map(({ line, fault }) => [line, fault])).toEqual([
      [1, 'The quotes of a field do not end.'],
      ...Array.from({ length: 9 }, (_, i) => [i + 2, undefined]),
    ])
  })

  test('is none in a file without ends of lines', () => {
    const reader = new CsvReader()
    const push = (): unknown => reader.push('x'.repeat(9 * 2 ** 20))
    expect(push).toThrow('Line 1 is longer than any item: the file has no lines of items.')
  })
})

describe('lines', () => {
  test('have their numbers, in pieces', () => {
    const reader = new LineReader()
    const found = [reader.push('\uFEFFa\r\nb'), reader.push('c\n\nd'), reader.end()].flat()
    expect(found).toEqual([
      { line: 1, text: 'a' },
      { line: 2, text: 'bc' },
      { line: 3, text: '' },
      { line: 4, text: 'd' },
    ])
  })

  test('are none in a file without ends of lines', () => {
    const reader = new LineReader()
    const push = (): unknown => reader.push('x'.repeat(9 * 2 ** 20))
    expect(push).toThrow(
      new JsonFault('Line 1 is longer than any item: the file has no lines of items.'),
    )
  })
})
