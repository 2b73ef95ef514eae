import { describe, expect, test } from 'vitest'
import type { AttributeMap, AttributeValue, Item } from '../values/attributeValue.ts'
import { applyUpdate, compileUpdate, updatedFragments } from './applyUpdate.ts'
import type { CompiledUpdate } from './applyUpdate.ts'
import { createExpressionContext } from './expressionContext.ts'

const invalidPath = 'The document path provided in the update expression is invalid for update'
const missingAttribute =
  'The provided expression refers to an attribute that does not exist in the item'
const wrongType = 'An operand in the update expression has an incorrect data type'

const values: Record<string, AttributeValue> = {
  ':s': { S: 's' },
  ':x': { S: 'x' },
  ':y': { S: 'y' },
  ':one': { N: '1' },
  ':huge': { N: '9E125' },
  ':l': { L: [{ S: 'new' }] },
  ':none': { L: [] },
  ':m': { M: {} },
  ':ab': { SS: ['a', 'b'] },
  ':bc': { SS: ['b', 'c'] },
  ':ns': { NS: ['1.0', '2'] },
  ':bs': { BS: ['AQ=='] },
}

const item: Item = {
  pk: { S: 'k' },
  n: { N: '5' },
  s: { S: 'text' },
  ab: { SS: ['a', 'b'] },
  ns: { NS: ['2', '3'] },
  l: { L: [{ N: '0' }, { N: '1' }, { N: '2' }, { N: '3' }] },
  m: { M: { a: { N: '1' }, core: { M: { deep: { S: 'd' } } }, kids: { L: [{ M: {} }] } } },
}

const key: AttributeMap = { pk: { S: 'k' } }

function compile(text: string, names?: Record<string, string>): CompiledUpdate {
  const context = createExpressionContext(
    { ExpressionAttributeValues: structuredClone(values), ExpressionAttributeNames: names },
    { reservedWords: 'refuse' },
  )
  return compileUpdate(text, context)
}

/** The attributes that differ after the update; null for those that are gone. */
function changes(text: string, names?: Record<string, string>): object {
  const after = applyUpdate(compile(text, names), item, key).item as Item
  const changed: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(item), ...Object.keys(after)])) {
    if (JSON.stringify(after[name]) !== JSON.stringify(item[name])) {
      changed[name] = after[name] ?? null
    }
  }
  return changed
}

function errorOf(text: string): string {
  try {
    applyUpdate(compile(text), item, key)
  } catch (error) {
    expect((error as Error).name).toBe('ValidationException')
    return (error as Error).message
  }
  return 'none'
}

function numbers(...list: number[]): AttributeValue {
  return { L: list.map((number) => ({ N: String(number) })) }
}

describe('SET', () => {
  test('assigns constants, attributes and results', () => {
    expect(changes('SET a = :s, n = s')).toEqual({ a: { S: 's' }, n: { S: 'text' } })
    expect(changes('SET n = n + :one')).toEqual({ n: { N: '6' } })
    expect(changes('SET n = (:one - n)')).toEqual({ n: { N: '-4' } })
    expect(changes('SET a = m.core.deep')).toEqual({ a: { S: 'd' } })
  })

  test('reads the item as it was', () => {
    expect(changes('SET n = :s, a = n')).toEqual({ n: { S: 's' }, a: { N: '5' } })
    expect(changes('SET a = n, n = s REMOVE s')).toEqual({
      a: { N: '5' },
      n: { S: 'text' },
      s: null,
    })
    expect(changes('SET l[0] = l[1], l[1] = l[0]')).toEqual({ l: numbers(1, 0, 2, 3) })
  })

  test('if_not_exists and list_append', () => {
    expect(changes('SET a = if_not_exists(a, :s), n = if_not_exists(n, :s)')).toEqual({
      a: { S: 's' },
    })
    expect(changes('SET a = if_not_exists(a, if_not_exists(n, :one)) + :one')).toEqual({
      a: { N: '6' },
    })
    expect(changes('SET l = list_append(:l, l)')).toEqual({
      l: { L: [{ S: 'new' }, { N: '0' }, { N: '1' }, { N: '2' }, { N: '3' }] },
    })
    expect(changes('SET a = list_append(if_not_exists(a, :none), :l)')).toEqual({
      a: { L: [{ S: 'new' }] },
    })
  })

  test('reaches into maps and lists', () => {
    expect(changes('SET m.a = :s, m.core.more = :x, m.kids[0].k = :y')).toEqual({
      m: {
        M: {
          a: { S: 's' },
          core: { M: { deep: { S: 'd' }, more: { S: 'x' } } },
          kids: { L: [{ M: { k: { S: 'y' } } }] },
        },
      },
    })
    expect(changes('SET l[2] = :s')).toEqual({
      l: { L: [{ N: '0' }, { N: '1' }, { S: 's' }, { N: '3' }] },
    })
  })

  test('past the end of a list appends in the order of the indices', () => {
    expect(changes('SET l[9] = :y, l[7] = :x, l[4] = :s')).toEqual({
      l: {
        L: [{ N: '0' }, { N: '1' }, { N: '2' }, { N: '3' }, { S: 's' }, { S: 'x' }, { S: 'y' }],
      },
    })
    expect(changes('SET m.kids[5] = :s')).toMatchObject({
      m: { M: { kids: { L: [{ M: {} }, { S: 's' }] } } },
    })
  })

  test('a map assigned as a constant is not changed by a later update', () => {
    const first = applyUpdate(compile('SET a = :m'), item, key).item as Item
    const second = applyUpdate(compile('SET a.b = :s'), first, key).item as Item
    expect(first['a']).toEqual({ M: {} })
    expect(second['a']).toEqual({ M: { b: { S: 's' } } })
  })

  test.each([
    ['SET x.y = :s', invalidPath],
    ['SET n.y = :s', invalidPath],
    ['SET m[0] = :s', invalidPath],
    ['SET l.a = :s', invalidPath],
    ['SET l[9].a = :s', invalidPath],
    ['SET m.gone.b = :s', invalidPath],
    ['SET m.kids.b = :s', invalidPath],
    ['SET m.core[0] = :s', invalidPath],
    ['SET m.kids[0][0] = :s', invalidPath],
    ['SET a = b', missingAttribute],
    ['SET a = n + b', missingAttribute],
    ['SET a = list_append(b, :l)', missingAttribute],
    ['SET a = if_not_exists(b, c)', missingAttribute],
    ['SET a = l[4]', missingAttribute],
    ['SET a = s + :one', wrongType],
    ['SET a = :one - l', wrongType],
    ['SET a = list_append(n, :l)', wrongType],
    ['SET a = list_append(:l, ab)', wrongType],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toBe(message)
  })

  test('a sum that is too large', () => {
    expect(errorOf('SET a = :huge + :huge')).toBe(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    )
  })
})

describe('REMOVE', () => {
  test('removes attributes, members and elements', () => {
    expect(changes('REMOVE n, gone')).toEqual({ n: null })
    expect(changes('REMOVE m.a, m.gone, m.kids[0]')).toEqual({
      m: { M: { core: { M: { deep: { S: 'd' } } }, kids: { L: [] } } },
    })
  })

  test('uses original positions and ignores those past the end', () => {
    expect(changes('REMOVE l[0], l[2], l[9]')).toEqual({ l: numbers(1, 3) })
    expect(changes('REMOVE l[3], l[1]')).toEqual({ l: numbers(0, 2) })
    expect(changes('SET l[1] = :s, l[8] = :x REMOVE l[0]')).toEqual({
      l: { L: [{ S: 's' }, { N: '2' }, { N: '3' }, { S: 'x' }] },
    })
  })

  test.each([
    ['REMOVE x.y', invalidPath],
    ['REMOVE n.y', invalidPath],
    ['REMOVE m[0]', invalidPath],
    ['REMOVE l.a', invalidPath],
    ['REMOVE m.gone.b', invalidPath],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toBe(message)
  })
})

describe('ADD', () => {
  test('adds numbers and unites sets', () => {
    expect(changes('ADD n :one, a :one')).toEqual({ n: { N: '6' }, a: { N: '1' } })
    expect(changes('ADD ab :bc, ns :ns, x :bs')).toEqual({
      ab: { SS: ['a', 'b', 'c'] },
      ns: { NS: ['1', '2', '3'] },
      x: { BS: ['AQ=='] },
    })
  })

  test('reaches into maps and lists', () => {
    expect(changes('ADD m.a :one, m.b :one, l[1] :one, l[9] :one')).toMatchObject({
      m: { M: { a: { N: '2' }, b: { N: '1' } } },
      l: numbers(0, 2, 2, 3, 1),
    })
  })

  test.each([
    ['ADD s :one', wrongType],
    ['ADD n :ab', wrongType],
    ['ADD ns :ab', wrongType],
    ['ADD l :one', wrongType],
    ['ADD x.y :one', invalidPath],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toBe(message)
  })
})

describe('DELETE', () => {
  test('subtracts sets; an emptied set is removed', () => {
    expect(changes('DELETE ab :bc, ns :ns')).toEqual({ ab: { SS: ['a'] }, ns: { NS: ['3'] } })
    expect(changes('DELETE ab :ab, gone :ab')).toEqual({ ab: null })
  })

  test.each([
    ['DELETE s :ab', wrongType],
    ['DELETE ns :ab', wrongType],
    ['DELETE x.y :ab', invalidPath],
  ])('%s', (text, message) => {
    expect(errorOf(text)).toBe(message)
  })
})

describe('a missing item', () => {
  test('is created from its key', () => {
    const { item: created } = applyUpdate(compile('SET a = :s REMOVE b.c'), undefined, key)
    expect({ ...created }).toEqual({ pk: { S: 'k' }, a: { S: 's' } })
    expect(key).toEqual({ pk: { S: 'k' } })
    expect({ ...applyUpdate(compile('ADD a :one DELETE x.y :ab'), undefined, key).item }).toEqual({
      pk: { S: 'k' },
      a: { N: '1' },
    })
  })

  test('is not created by an update that only removes', () => {
    expect(applyUpdate(compile('REMOVE a, x.y DELETE b :ab'), undefined, key)).toEqual({
      item: undefined,
    })
  })

  test('has its key to read and nothing else', () => {
    const names = { '#l': 'list' }
    const text = 'SET a = pk, b = if_not_exists(pk, :s), c = if_not_exists(d, pk), #l = :l'
    expect({ ...applyUpdate(compile(text, names), undefined, key).item }).toEqual({
      ...key,
      a: { S: 'k' },
      b: { S: 'k' },
      c: { S: 'k' },
      list: { L: [{ S: 'new' }] },
    })
    const numbered = { pk: { N: '4' }, sk: { N: '1' } }
    expect({ ...applyUpdate(compile('SET n = pk + sk'), undefined, numbered).item }).toEqual({
      ...numbered,
      n: { N: '5' },
    })
    expect(() => applyUpdate(compile('SET x.y = :s'), undefined, key)).toThrow(invalidPath)
    expect(() => applyUpdate(compile('SET a = b'), undefined, key)).toThrow(missingAttribute)
    expect(() => applyUpdate(compile('SET a = pk + :one'), undefined, key)).toThrow(wrongType)
    expect(() => applyUpdate(compile('SET a = list_append(pk, :l)'), undefined, key)).toThrow(
      wrongType,
    )
  })
})

test('names of the object prototype are ordinary attributes', () => {
  const names = { '#p': '__proto__', '#c': 'constructor' }
  const update = compile('SET #p = :s, m.#p = :x, a = if_not_exists(#c, :y)', names)
  const after = applyUpdate(update, item, key).item as Item
  expect(JSON.parse(JSON.stringify(after))).toHaveProperty(['a', 'S'], 'y')
  expect(JSON.stringify(after)).toContain('"__proto__":{"S":"s"}')
  expect(JSON.stringify(after['m'])).toContain('"__proto__":{"S":"x"}')
})

describe('updated fragments', () => {
  function fragments(text: string, moment: 'before' | 'after'): unknown {
    const update = compile(text)
    const image = moment === 'before' ? item : applyUpdate(update, item, key).item
    return JSON.parse(JSON.stringify(updatedFragments(update, image) ?? null))
  }

  test('are the touched parts only', () => {
    expect(fragments('SET n = :s, m.core.deep = :x, gone = :y', 'before')).toEqual({
      n: { N: '5' },
      m: { M: { core: { M: { deep: { S: 'd' } } } } },
    })
    expect(fragments('SET n = :s, m.core.deep = :x, a = :y', 'after')).toEqual({
      n: { S: 's' },
      m: { M: { core: { M: { deep: { S: 'x' } } } } },
      a: { S: 'y' },
    })
    expect(fragments('SET l[3] = :s, l[1] = :x', 'before')).toEqual({ l: numbers(1, 3) })
  })

  test.each([
    ['REMOVE l[1]', numbers(1), numbers(2)],
    ['REMOVE l[0], l[2]', numbers(0, 2), numbers(1)],
    ['REMOVE l[0], l[1], l[2]', numbers(0, 1, 2), numbers(3)],
    ['SET l[0] = :one REMOVE l[1]', numbers(0, 1), numbers(1, 2)],
    // What is appended is only found where its position says.
    ['SET l[4] = :one, l[9] = :one', undefined, numbers(1)],
    ['SET l[9] = :one', undefined, undefined],
    ['SET l[3] = :one REMOVE l[0]', numbers(0, 3), numbers(1)],
  ])('of %s project its paths on either item', (text, old, updated) => {
    expect(fragments(text, 'before')).toEqual(old === undefined ? null : { l: old })
    expect(fragments(text, 'after')).toEqual(updated === undefined ? null : { l: updated })
  })

  test('of an update that leaves nothing are undefined', () => {
    expect(fragments('REMOVE n', 'before')).toEqual({ n: { N: '5' } })
    expect(fragments('REMOVE n, m.a', 'after')).toBeNull()
    expect(fragments('REMOVE l[3]', 'after')).toBeNull()
    expect(fragments('SET a = :s', 'before')).toBeNull()
    expect(updatedFragments(compile('SET a = :s'), undefined)).toBeUndefined()
  })
})
