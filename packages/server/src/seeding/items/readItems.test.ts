import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { ContentUnusable } from '../contentUnusable.ts'
import type { SeedItem } from '../definedTable.ts'
import { isAttributeValue } from './attributeForms.ts'
import { typedItemOf } from './attributeValueOf.ts'
import { readItems } from './readItems.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-items-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
})

const keyTypes = (): ReadonlyMap<string, string> => new Map([['id', 'N']])

async function read(
  name: string,
  content: string | Buffer,
  tableName?: string,
): Promise<Record<string, readonly SeedItem[]>> {
  writeFileSync(join(directory, name), content)
  const given = { keyTypes, ...(tableName !== undefined && { tableName }) }
  return Object.fromEntries(await readItems(join(directory, name), given))
}

async function refusal(name: string, content: string | Buffer): Promise<string> {
  const error: unknown = await read(name, content).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ContentUnusable)
  return (error as ContentUnusable).message.replaceAll(join(directory, name), 'FILE')
}

const typed = [{ id: { S: '1' }, n: { N: '2' } }]

describe('JSON', () => {
  test.each<[string, unknown]>([
    ['a list', typed],
    ['the answer of a Scan', { Items: typed, Count: 1, ScannedCount: 1 }],
    ['entries of an export', [{ Item: typed[0] }]],
    ['puts of a batch', [{ PutRequest: { Item: typed[0] } }]],
  ])("%s of DynamoDB's JSON stays as it is", async (_, content) => {
    expect(await read('Orders.json', JSON.stringify(content))).toEqual({ Orders: typed })
  })

  test('may name tables, as requests of BatchWriteItem do', async () => {
    const byTable = { Orders: typed, Shops: [{ PutRequest: { Item: { id: { S: 'a' } } } }] }
    const expected = { Orders: typed, Shops: [{ id: { S: 'a' } }] }
    expect(await read('x.json', JSON.stringify(byTable))).toEqual(expected)
    expect(await read('x.json', JSON.stringify({ RequestItems: byTable }))).toEqual(expected)
  })

  test('of plain values gets their types', async () => {
    const plain = [{ id: 1, name: 'pen', ok: true, none: null, list: [1, 'a'], map: { S: 'x' } }]
    expect(await read('a.json', JSON.stringify(plain), 'Orders')).toEqual({
      Orders: [
        {
          id: { N: '1' },
          name: { S: 'pen' },
          ok: { BOOL: true },
          none: { NULL: true },
          list: { L: [{ N: '1' }, { S: 'a' }] },
          map: { M: { S: { S: 'x' } } },
        },
      ],
    })
  })

  test('in lines, packed too, and of an export to S3', async () => {
    const line = JSON.stringify(typed[0])
    expect(await read('Orders.jsonl', `${line}\n\n${line}\n`)).toEqual({
      Orders: [...typed, ...typed],
    })
    const exported = `{"Item":${line}}\n{"Item":${line}}\n`
    expect(await read('Orders.json.gz', gzipSync(exported))).toEqual({
      Orders: [...typed, ...typed],
    })
  })

  test('and YAML', async () => {
    expect(await read('Orders.yaml', '- id: a\n  n: 1\n')).toEqual({
      Orders: [{ id: { S: 'a' }, n: { N: '1' } }],
    })
  })

  test('says what is wrong', async () => {
    expect(await refusal('a.json', '{"a": 1}')).toBe(
      'FILE: it is neither a list of items nor lists by table.',
    )
    expect(await refusal('a.json', '[{"a": 1}, 2]')).toBe('FILE[1]: it is no item.')
    expect(await refusal('a.jsonl', '{"a": 1}\n{')).toBe('FILE:2: the line is no JSON.')
    expect(await refusal('a.json', '[{"id": 1, "a": [12345678901234567890]}]')).toBe(
      'FILE[0].a[0]: so long a number keeps its digits only in the JSON of DynamoDB, { "N": "..." }.',
    )
    expect(await refusal('a.json', Buffer.from([0x5b, 0xff]))).toBe('FILE: it is not UTF-8.')
    expect(await refusal('a.json.gz', 'text')).toBe('FILE: incorrect header check.')
  })

  test('of anything plain is of types that DynamoDB knows', () => {
    const item = fc.dictionary(fc.string(), fc.jsonValue())
    fc.assert(
      fc.property(item, (plain) => {
        let made: SeedItem
        try {
          made = typedItemOf(plain as Record<string, unknown>, 'item')
        } catch (error) {
          // Of long numbers alone.
          return (error as Error).message.includes('so long a number')
        }
        return Object.values(made).every(isAttributeValue)
      }),
    )
  })
})

describe('what only a program can give', () => {
  test('has its types too', () => {
    const bytes = new Uint8Array([1])
    const item = { a: 2n ** 64n, b: bytes, c: new Set(['x']), d: new Set([1]), e: undefined }
    expect(typedItemOf(item, 'item')).toEqual({
      a: { N: '18446744073709551616' },
      b: { B: bytes },
      c: { SS: ['x'] },
      d: { NS: ['1'] },
    })
  })

  test.each<[unknown, string]>([
    [new Date(0), 'item.a: a value of this kind has no place in an item.'],
    [Number.NaN, 'item.a: NaN is no number of DynamoDB.'],
    [new Set(), 'item.a: a set has a member at least.'],
    [new Set([1, 'a']), 'item.a: the members of a set are all texts, all numbers or all bytes.'],
  ])('or is refused: %s', (value, message) => {
    expect(() => typedItemOf({ a: value }, 'item')).toThrow(new ContentUnusable(message))
  })
})

describe('CSV', () => {
  test('has texts, keys as the table has them, and types that the header names', async () => {
    const text = `\ufeffid,name,price:N,ok:BOOL,tags:SS,list:L,map:M,none:NULL
1,"a ""pen"", red",1.50,TRUE,"[""x""]","[1,{""S"":""y""}]","{""a"":1}",x

2,,,,,,,
3,"",,,,,,
`
    expect(await read('Orders.csv', text)).toEqual({
      Orders: [
        {
          id: { N: '1' },
          name: { S: 'a "pen", red' },
          price: { N: '1.50' },
          ok: { BOOL: true },
          tags: { SS: ['x'] },
          list: { L: [{ N: '1' }, { M: { S: { S: 'y' } } }] },
          map: { M: { a: { N: '1' } } },
          none: { NULL: true },
        },
        { id: { N: '2' } },
        { id: { N: '3' }, name: { S: '' } },
      ],
    })
  })

  test('says what is wrong, and in which line', async () => {
    expect(await refusal('a.csv', '')).toBe('FILE: it has no header.')
    expect(await refusal('a.csv', 'id,id\n')).toBe('FILE:1: there are two columns "id".')
    expect(await refusal('a.csv', 'id,ok:BOOL\n1,true\n2,maybe\n')).toBe(
      'FILE:3: ok: "maybe" is no value of the type BOOL.',
    )
    expect(await refusal('a.csv', 'id,s:NS\n1,"[1]"\n')).toBe(
      'FILE:2: s: "[1]" is no value of the type NS.',
    )
    expect(await refusal('a.csv', 'id,a\n1\n')).toMatch(
      /^FILE: Invalid Record Length: .* on line 2/,
    )
  })

  test('keeps every text that a field can have', async () => {
    const field = fc.string().filter((text) => !/[\r]/.test(text))
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 5 }), async (texts) => {
        const rows = texts.map((text, i) => `${i},"${text.replaceAll('"', '""')}"\n`)
        const { Orders = [] } = await read('Orders.csv', `id,text\n${rows.join('')}`)
        expect(Orders).toEqual(
          texts.map((text, i) => ({ id: { N: String(i) }, text: { S: text } })),
        )
      }),
      { numRuns: 50 },
    )
  })
})

test('a directory has a file for each table', async () => {
  writeFileSync(join(directory, 'Orders.csv'), 'id\n1\n')
  writeFileSync(join(directory, 'Shops.json'), '[{"id": 2}]')
  writeFileSync(join(directory, 'README.md'), '')
  expect(Object.fromEntries(await readItems(directory, { keyTypes }))).toEqual({
    Orders: [{ id: { N: '1' } }],
    Shops: [{ id: { N: '2' } }],
  })
})

test('a model of NoSQL Workbench has sample data', async () => {
  const model = fileURLToPath(new URL('../testdata/model.json', import.meta.url))
  const found = Object.fromEntries(await readItems(model, { keyTypes }))
  expect(found['Orders']).toHaveLength(2)
  expect(found['Shops']).toEqual([])
})
