import { expect, test } from 'vitest'
import { recordLines, type LineStyle } from './recordLines.ts'
import type { JsonItem, TailedRecord } from './tailedRecord.ts'

const plain: LineStyle = { colours: false, valueLength: 30 }
const pk = { S: 'a' }

function recordOf(eventName: string, images: Partial<TailedRecord['dynamodb']>): TailedRecord {
  return {
    eventName,
    dynamodb: {
      ApproximateCreationDateTime: 1_767_323_045,
      Keys: { pk },
      SequenceNumber: '100000000000000000002',
      ...images,
    },
  }
}

/** What is told of a change of the attributes `before` to `after`. */
function told(before: JsonItem, after: JsonItem): string[] {
  const images = { OldImage: { pk, ...before }, NewImage: { pk, ...after } }
  const [head, ...lines] = recordLines(recordOf('MODIFY', images), plain).split('\n')
  expect(head).toBe('2026-01-02T03:04:05Z MODIFY pk="a"')
  expect(lines.pop()).toBe('')
  return lines
}

test('a new item is told with its attributes, and one that is gone too', () => {
  const item = { pk, n: { N: '1.50' }, 'a name': { BOOL: true } }
  expect(recordLines(recordOf('INSERT', { NewImage: item }), plain)).toBe(
    '2026-01-02T03:04:05Z INSERT pk="a"\n  + n 1.50\n  + "a name" true\n',
  )
  expect(recordLines(recordOf('REMOVE', { OldImage: item }), plain)).toBe(
    '2026-01-02T03:04:05Z REMOVE pk="a"\n  - n 1.50\n  - "a name" true\n',
  )
})

test('what the service removes says so', () => {
  const userIdentity = { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' }
  const record = { ...recordOf('REMOVE', {}), userIdentity }
  const head = '2026-01-02T03:04:05Z REMOVE pk="a"  (time to live)\n'
  expect(recordLines(record, plain)).toBe(head)
})

test('a record shows what its view type has', () => {
  const sortKey = { sk: { N: '7' } }
  const keys = { Keys: { pk, ...sortKey } }
  expect(recordLines(recordOf('MODIFY', keys), plain)).toBe(
    '2026-01-02T03:04:05Z MODIFY pk="a" sk=7\n',
  )
  const item = { pk, n: { N: '1' } }
  expect(recordLines(recordOf('MODIFY', { NewImage: item }), plain)).toMatch(/\n {2}= n 1\n$/)
  expect(recordLines(recordOf('MODIFY', { OldImage: item }), plain)).toMatch(/\n {2}< n 1\n$/)
})

test('values of every type', () => {
  const after: JsonItem = {
    s: { S: 'it "is"' },
    b: { B: 'AP8=' },
    nothing: { NULL: true },
    ss: { SS: ['x', 'y'] },
    ns: { NS: ['1', '2'] },
    bs: { BS: ['AA==', '/w=='] },
    l: { L: [{ N: '1' }, { L: [] }] },
    m: { M: { 'a.b': { BOOL: false }, c: { M: {} } } },
  }
  expect(told({}, after)).toEqual([
    '  + s "it \\"is\\""',
    '  + b <AP8=>',
    '  + nothing null',
    '  + ss {"x", "y"}',
    '  + ns {1, 2}',
    '  + bs {<AA==>, </w==>}',
    '  + l [1, []]',
    '  + m {"a.b": false, c: {}}',
  ])
})

test.each<[string, JsonItem, JsonItem, string[]]>([
  ['nothing', { a: { N: '1' } }, { a: { N: '1' } }, []],
  ['a value', { a: { N: '1' } }, { a: { N: '2' } }, ['  ~ a 1 -> 2']],
  ['a type', { a: { N: '1' } }, { a: { S: '1' } }, ['  ~ a 1 -> "1"']],
  ['to a map', { a: { L: [] } }, { a: { M: {} } }, ['  ~ a [] -> {}']],
  ['an attribute that comes', {}, { a: { S: '' } }, ['  + a ""']],
  ['an attribute that goes', { a: { S: '' } }, {}, ['  - a ""']],
  [
    'members of maps',
    { a: { M: { b: { M: { c: { N: '1' }, d: { N: '2' } } }, 'e f': { N: '3' } } } },
    { a: { M: { b: { M: { d: { N: '4' }, g: { N: '5' } } }, 'e f': { N: '6' } } } },
    ['  - a.b.c 1', '  ~ a.b.d 2 -> 4', '  + a.b.g 5', '  ~ a."e f" 3 -> 6'],
  ],
  [
    'the order of the members of a map',
    { a: { L: [{ M: { b: { N: '1' }, c: { N: '2' } } }] } },
    { a: { L: [{ M: { c: { N: '2' }, b: { N: '1' } } }] } },
    [],
  ],
  [
    'an element in front',
    { a: { L: [{ N: '1' }, { N: '2' }] } },
    { a: { L: [{ N: '0' }, { N: '1' }, { N: '2' }] } },
    ['  + a[0] 0'],
  ],
  [
    'an element that goes',
    { a: { L: [{ N: '1' }, { N: '2' }, { N: '3' }] } },
    { a: { L: [{ N: '1' }, { N: '3' }] } },
    ['  - a[1] 2'],
  ],
  [
    'equal elements',
    { a: { L: [{ N: '1' }, { N: '1' }] } },
    { a: { L: [{ N: '1' }] } },
    ['  - a[1] 1'],
  ],
  [
    'within an element',
    { a: { L: [{ M: { b: { L: [{ N: '1' }] } } }] } },
    { a: { L: [{ M: { b: { L: [{ N: '2' }, { N: '3' }] } } }] } },
    ['  ~ a[0].b[0] 1 -> 2', '  + a[0].b[1] 3'],
  ],
  [
    'members of sets',
    { a: { SS: ['x', 'y'] }, b: { NS: ['1'] }, c: { BS: ['AA=='] } },
    { a: { SS: ['y', 'z'] }, b: { NS: ['1', '2'] }, c: { BS: ['AA=='] } },
    ['  ~ a - {"x"} + {"z"}', '  ~ b + {2}'],
  ],
  [
    'names that every object has',
    { a: { M: {} } },
    { a: { M: { constructor: { N: '1' } } }, toString: { N: '2' } },
    ['  + a.constructor 1', '  + toString 2'],
  ],
])('tells of %s', (_, before, after, lines) => {
  expect(told(before, after)).toEqual(lines)
})

test('the depth of an item costs no more than its size', () => {
  const nested = (leaf: string): JsonItem => {
    let value: JsonItem[string] = { N: leaf }
    for (let i = 0; i < 31; i++) value = i % 2 === 0 ? { L: [value] } : { M: { m: value } }
    return { a: value }
  }
  const [line] = told(nested('1'), nested('2'))
  expect(line).toMatch(/ 1 -> 2$/)
})

test('long values and keys are cut, between characters', () => {
  expect(told({}, { s: { S: 'x'.repeat(100) } })).toEqual([`  + s "${'x'.repeat(28)}…`])
  expect(told({}, { s: { S: `${'x'.repeat(27)}${'😀'.repeat(9)}` } })).toEqual([
    `  + s "${'x'.repeat(27)}…`,
  ])
  expect(told({}, { s: { S: 'x'.repeat(28) } })).toEqual([`  + s "${'x'.repeat(28)}"`])
})

test('nothing that was stored can tell the terminal anything', () => {
  const text = '\u001b[31m\u009b\u202e\r\n'
  const item = { pk, [text]: { M: { [text]: { S: text } } } }
  const lines = recordLines(recordOf('INSERT', { NewImage: item }), { ...plain, valueLength: 500 })
  const shown = '\\u001b[31m\\u{9b}\\u{202e}\\r\\n'
  expect(lines.split('\n')[1]).toBe(`  + "${shown}" {"${shown}": "${shown}"}`)
})

test('colours', () => {
  const style = { ...plain, colours: true }
  const images = { OldImage: { pk, a: { N: '1' } }, NewImage: { pk, b: { N: '1' } } }
  expect(recordLines(recordOf('MODIFY', images), style)).toBe(
    '\u001b[2m2026-01-02T03:04:05Z\u001b[0m \u001b[33mMODIFY\u001b[0m pk="a"\n' +
      '  \u001b[31m- a\u001b[0m 1\n  \u001b[32m+ b\u001b[0m 1\n',
  )
})
