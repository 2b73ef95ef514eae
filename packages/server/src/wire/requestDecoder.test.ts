import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { measureProcessor } from '../testing/processorTime.ts'
import { dynamodbCodec } from './dynamodbCodec.ts'

function errorOf(work: () => unknown): ApiError {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError)
    return error as ApiError
  }
  throw new Error('nothing was thrown')
}

function decode(request: unknown, operation = 'PutItem'): Record<string, unknown> {
  return dynamodbCodec.decode(operation, JSON.stringify(request))
}

function textOf(request: unknown, operation = 'PutItem'): string {
  const error = errorOf(() => decode(request, operation))
  expect(error.kind).toMatchObject({
    name: 'SerializationException',
    namespace: 'com.amazon.coral.service',
    statusCode: 400,
    messageMember: 'Message',
  })
  expect(error.hasMessage).toBe(true)
  return error.message
}

const attributeValueClass = 'com.amazonaws.dynamodb.v20120810.AttributeValue'

describe('bodies that are no request', () => {
  it.each(['', '{', 'nonsense', '{"a":1,}', '\uFEFF{}', 'null', '{"TableName":"\n"}'])(
    'answers %j without a message',
    (body) => {
      const error = errorOf(() => dynamodbCodec.decode('PutItem', body))
      expect(error.kind.name).toBe('SerializationException')
      expect(error.hasMessage).toBe(false)
    },
  )

  it('names the type of what stands in place of the object', () => {
    expect(textOf('x')).toBe('Unexpected value type in payload')
    expect(textOf(1)).toBe('Unexpected value type in payload')
    expect(textOf([])).toBe(
      'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.PutItemInput',
    )
  })

  it.each([
    ['brackets', '['.repeat(8 * 1024 * 1024)],
    ['closed brackets', '['.repeat(4 * 1024 * 1024) + ']'.repeat(4 * 1024 * 1024)],
    ['objects', '{"a":'.repeat(3 * 1024 * 1024)],
    ['short brackets', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['short values', `{"Item":{"x":${'{"L":['.repeat(2000)}${']}'.repeat(2000)}}}`],
    ['a nest after quotes', `["\\\\","\\"[",${'['.repeat(40_000)}${']'.repeat(40_000)}]`],
    ['values', `{"Item":{"x":${'{"M":{"a":'.repeat(2000)}{}${'}}'.repeat(2000)}}}`],
  ])('refuses a bomb of %s in bounded time', (_, body) => {
    const usedMs = measureProcessor()
    const error = errorOf(() => dynamodbCodec.decode('PutItem', body))
    expect(error.kind.name).toBe('SerializationException')
    expect(usedMs()).toBeLessThan(1000)
  })

  it('refuses a short bomb with an escaped surrogate', () => {
    const body = `{"Unknown":["\\ud800",${'['.repeat(2000)}${']'.repeat(2000)}]}`
    expect(errorOf(() => dynamodbCodec.decode('PutItem', body)).hasMessage).toBe(false)
  })

  it('lets through more nesting than an item may have, for the item check to refuse', () => {
    let value: unknown = { S: 'x' }
    for (let level = 0; level < 100; level++) value = { M: { a: value } }
    expect(decode({ Item: { a: value } })).toEqual({ Item: { a: value } })
  })

  it('does not count brackets inside of strings', () => {
    const brackets = '[{\\"'.repeat(20_000)
    const body = `{"TableName":"${brackets}\\\\"}`
    expect(dynamodbCodec.decode('PutItem', body)['TableName']).toBe(`${'[{"'.repeat(20_000)}\\`)
  })
})

describe('types of scalars', () => {
  it.each([
    [1, 'NUMBER_VALUE cannot be converted to String'],
    [1.5, 'DECIMAL_VALUE cannot be converted to String'],
    [true, 'TRUE_VALUE cannot be converted to String'],
    [false, 'FALSE_VALUE cannot be converted to String'],
    [['a'], 'Unrecognized collection type class java.lang.String'],
    [{}, 'Start of structure or map found where not expected'],
  ])('refuses %j as a string', (value, text) => {
    expect(textOf({ TableName: value })).toBe(text)
    expect(textOf({ Item: { a: { S: value } } })).toBe(text)
    expect(textOf({ Item: { a: { N: value } } })).toBe(text)
    expect(textOf({ Item: { a: { SS: [value] } } })).toBe(text)
    expect(textOf({ Item: { a: { NS: ['1', value] } } })).toBe(text)
  })

  it.each([
    [1, 'NUMBER_VALUE cannot be converted to Boolean'],
    ['true', 'Unexpected token received from parser'],
    [[], 'Unrecognized collection type class java.lang.Boolean'],
    [{}, 'Start of structure or map found where not expected'],
  ])('refuses %j as a boolean', (value, text) => {
    expect(textOf({ ConsistentRead: value }, 'GetItem')).toBe(text)
    expect(textOf({ Item: { a: { BOOL: value } } })).toBe(text)
    expect(textOf({ Item: { a: { NULL: value } } })).toBe(text)
  })

  it.each([
    ['1', 'STRING_VALUE cannot be converted to Integer'],
    [1.5, 'DECIMAL_VALUE cannot be converted to Integer'],
    [2 ** 31, 'NUMBER_VALUE cannot be converted to Integer'],
    [true, 'TRUE_VALUE cannot be converted to Integer'],
    [[], 'Unrecognized collection type class java.lang.Integer'],
    [{}, 'Start of structure or map found where not expected'],
  ])('refuses %j as an integer', (value, text) => {
    expect(textOf({ Limit: value }, 'Query')).toBe(text)
  })

  it('refuses wrong longs, doubles and timestamps', () => {
    const throughput = (units: unknown) => ({ ProvisionedThroughput: { ReadCapacityUnits: units } })
    expect(textOf(throughput('1'), 'CreateTable')).toBe('STRING_VALUE cannot be converted to Long')
    expect(textOf(throughput(2 ** 53), 'CreateTable')).toBe(
      'NUMBER_VALUE cannot be converted to Long',
    )
    expect(decode(throughput(2 ** 40), 'CreateTable')).toEqual(throughput(2 ** 40))
    expect(textOf({ TimeRangeLowerBound: 'x' }, 'ListBackups')).toBe(
      'STRING_VALUE cannot be converted to Date',
    )
    expect(decode({ TimeRangeLowerBound: 1.5 }, 'ListBackups')).toEqual({
      TimeRangeLowerBound: 1.5,
    })
  })
})

describe('types of collections', () => {
  it('refuses what is no list', () => {
    expect(textOf({ AttributesToGet: 'a' }, 'GetItem')).toBe('Unexpected field type')
    expect(textOf({ AttributesToGet: {} }, 'GetItem')).toBe(
      'Start of structure or map found where not expected',
    )
    expect(textOf({ Item: { a: { L: 'a' } } })).toBe('Unexpected field type')
    expect(textOf({ Item: { a: { SS: {} } } })).toBe(
      'Start of structure or map found where not expected',
    )
    expect(textOf({ Item: { a: { BS: true } } })).toBe('Unexpected field type')
  })

  it('refuses what is no map', () => {
    const javaMap = `java.util.Map<java.lang.String, ${attributeValueClass}>`
    expect(textOf({ Item: 'a' })).toBe('Unexpected field type')
    expect(textOf({ Item: [] })).toBe(`Unrecognized collection type ${javaMap}`)
    expect(textOf({ Item: { a: { M: [] } } })).toBe(`Unrecognized collection type ${javaMap}`)
    expect(textOf({ RequestItems: 1 }, 'BatchGetItem')).toBe('Unexpected field type')
    expect(textOf({ RequestItems: [] }, 'BatchGetItem')).toBe(
      'Unrecognized collection type java.util.Map<java.lang.String, ' +
        'com.amazonaws.dynamodb.v20120810.KeysAndAttributes>',
    )
  })

  it('refuses what is no structure', () => {
    expect(textOf({ Item: { a: 'a' } })).toBe('Unexpected value type in payload')
    expect(textOf({ Item: { a: [] } })).toBe(
      `Unrecognized collection type class ${attributeValueClass}`,
    )
    expect(textOf({ Item: { a: { L: ['a'] } } })).toBe('Unexpected value type in payload')
    expect(textOf({ TransactItems: [1] }, 'TransactWriteItems')).toBe(
      'Unexpected value type in payload',
    )
  })
})

describe('blobs', () => {
  it.each([
    [1, 'only base-64-encoded strings are convertible to bytes'],
    [true, 'only base-64-encoded strings are convertible to bytes'],
    [[], 'Unrecognized collection type class java.nio.ByteBuffer'],
    [{}, 'Start of structure or map found where not expected'],
    ['abcde', 'Base64 encoded length is expected a multiple of 4 bytes but found: 5'],
    ['YQ', 'Base64 encoded length is expected a multiple of 4 bytes but found: 2'],
    ['YR==', 'Invalid last non-pad Base64 character dectected'],
    ['YWF=', 'Invalid last non-pad Base64 character dectected'],
    ['a-_b', "Invalid Base64 character: '-' (0x2d)"],
    ['Y Q=', "Invalid Base64 character: ' ' (0x20)"],
    ['=YWF', "Invalid Base64 character: '=' (0x3d)"],
    ['====', "Invalid Base64 character: '=' (0x3d)"],
  ])('refuses %j', (value, text) => {
    expect(textOf({ Item: { a: { B: value } } })).toBe(text)
    expect(textOf({ Item: { a: { BS: ['YQ==', value] } } })).toBe(text)
  })

  it('accepts exactly the base64 that encoding yields', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const request = { Item: { a: { B: Buffer.from(bytes).toString('base64') } } }
        expect(decode(request)).toEqual(request)
      }),
    )
  })
})

describe('null and unknown members', () => {
  it('removes them from structures', () => {
    const request = {
      TableName: 't',
      Item: { a: { S: 'x', N: null, Other: 1 } },
      ReturnValues: null,
      Other: { deep: [1] },
      constructor: 1,
      toString: 'x',
    }
    expect(decode(request)).toEqual({ TableName: 't', Item: { a: { S: 'x' } } })
  })

  it('keeps the entry of a null attribute as an empty value', () => {
    const request = { Item: { a: null, b: { L: [null] }, c: { M: { d: null } } } }
    expect(decode(request)).toEqual({ Item: { a: {}, b: { L: [{}] }, c: { M: { d: {} } } } })
  })

  it('reads null elements as empty structures, and refuses them among scalars', () => {
    expect(decode({ TransactItems: [null] }, 'TransactWriteItems')).toEqual({ TransactItems: [{}] })
    expect(decode({ RequestItems: { t: null } }, 'BatchWriteItem')).toEqual({
      RequestItems: { t: [] },
    })
    expect(decode({ ExpressionAttributeNames: { '#a': null } }, 'GetItem')).toEqual({
      ExpressionAttributeNames: {},
    })
    expect(textOf({ AttributesToGet: [null] }, 'GetItem')).toBe(
      'Unexpected token received from parser',
    )
    expect(textOf({ Item: { a: { SS: [null] } } })).toBe('Unexpected token received from parser')
  })
})

describe('names and strings', () => {
  it('takes __proto__ and constructor for ordinary names', () => {
    const body = `{"__proto__":{"TableName":"evil"},"TableName":"t","Item":{
      "__proto__":{"M":{"__proto__":{"S":"x"},"constructor":null}},"constructor":{"N":"1"}}}`
    const request = dynamodbCodec.decode('PutItem', body)
    const item = request['Item'] as Record<string, { M: Record<string, unknown> }>
    expect(Object.keys(request)).toEqual(['TableName', 'Item'])
    expect(request['TableName']).toBe('t')
    expect(Object.keys(item)).toEqual(['__proto__', 'constructor'])
    const inner = Object.getOwnPropertyDescriptor(item, '__proto__')?.value.M
    expect(JSON.stringify(inner)).toBe('{"__proto__":{"S":"x"},"constructor":{}}')
    expect(({} as { S?: unknown }).S).toBe(undefined)
  })

  it('takes a table called __proto__', () => {
    const request = dynamodbCodec.decode('BatchWriteItem', '{"RequestItems":{"__proto__":null}}')
    expect(JSON.stringify(request)).toBe('{"RequestItems":{"__proto__":[]}}')
  })

  it('replaces lone surrogates in strings and names, and keeps pairs', () => {
    const body = '{"Item":{"\\uD800n":{"S":"a\\udfffb"},"p":{"SS":["\\ud83d\\ude00","\\uD83D"]}}}'
    expect(dynamodbCodec.decode('PutItem', body)).toEqual({
      Item: { '\uFFFDn': { S: 'a\uFFFDb' }, p: { SS: ['😀', '\uFFFD'] } },
    })
  })

  it('keeps __proto__ an own name when surrogates are replaced', () => {
    const request = dynamodbCodec.decode('PutItem', '{"Item":{"__proto__":{"S":"\\uD800"}}}')
    expect(JSON.stringify(request)).toBe('{"Item":{"__proto__":{"S":"\uFFFD"}}}')
  })
})

describe('any JSON', () => {
  const members = 'TableName Item Key TransactItems Put RequestItems Limit KeySchema'
  const types = 'S N B BOOL NULL SS BS L M'
  const names = fc.constantFrom(...`${members} ${types} __proto__ constructor a`.split(' '))
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 1e300, '', 'x', 'YQ==', '1', '\uD800'),
      fc.string({ unit: 'binary' }),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie('json')), { maxLength: 5 }).map((entries) => ({ entries })),
    ),
  }))

  /** JSON text by hand: an object literal could not have `__proto__` as a name. */
  function textOfJson(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(textOfJson).join(',')}]`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const { entries } = value as { entries: [string, unknown][] }
    return `{${entries.map(([name, v]) => `${JSON.stringify(name)}:${textOfJson(v)}`).join(',')}}`
  }

  it('decodes, or throws an ApiError, for every operation; decoding again changes nothing', () => {
    const operations = fc.constantFrom(...dynamodbCodec.operationNames())
    fc.assert(
      fc.property(operations, json, (operation, value) => {
        let once: Record<string, unknown>
        try {
          once = dynamodbCodec.decode(operation, textOfJson(value))
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError)
          return
        }
        const text = JSON.stringify(once)
        expect(JSON.stringify(dynamodbCodec.decode(operation, text))).toBe(text)
        expect(text.isWellFormed() && !/\\ud[89a-f]/.test(text)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('throws nothing but an ApiError for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(errorOf(() => dynamodbCodec.decode('Query', `{"TableName":${text}`)).kind.name).toBe(
          'SerializationException',
        )
      }),
    )
  })
})
