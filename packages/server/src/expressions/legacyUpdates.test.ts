import { expect, test } from 'vitest'
import type { AttributeMap, Item } from '../values/attributeValue.ts'
import { applyUpdate, updatedFragments } from './applyUpdate.ts'
import { compileAttributeUpdates } from './legacyUpdates.ts'
import type { AttributeUpdate } from './legacyUpdates.ts'

const key: AttributeMap = { pk: { S: 'k' } }
const item: Item = {
  pk: { S: 'k' },
  s: { S: 'x' },
  n: { N: '1' },
  ss: { SS: ['a', 'b'] },
  l: { L: [{ N: '1' }] },
}

function apply(updates: Record<string, AttributeUpdate>, on: Item | undefined = item): unknown {
  const { item: after } = applyUpdate(compileAttributeUpdates(structuredClone(updates)), on, key)
  return after === undefined ? undefined : { ...after }
}

test('PUT, ADD and DELETE', () => {
  expect(
    apply({
      s: { Value: { N: '01' } },
      n: { Action: 'ADD', Value: { N: '2.50' } },
      ss: { Action: 'DELETE', Value: { SS: ['b', 'c'] } },
      l: { Action: 'ADD', Value: { L: [{ N: '2' }] } },
      x: { Action: 'ADD', Value: { NS: ['3'] } },
      y: { Action: 'PUT', Value: { NULL: true } },
    }),
  ).toEqual({
    pk: { S: 'k' },
    s: { N: '1' },
    n: { N: '3.5' },
    ss: { SS: ['a'] },
    l: { L: [{ N: '1' }, { N: '2' }] },
    x: { NS: ['3'] },
    y: { NULL: true },
  })
  expect(
    apply({
      s: { Action: 'DELETE' },
      gone: { Action: 'DELETE' },
      ss: { Action: 'DELETE', Value: { SS: ['a', 'b'] } },
    }),
  ).toEqual({ pk: { S: 'k' }, n: { N: '1' }, l: { L: [{ N: '1' }] } })
})

test('names are whole attribute names, not paths', () => {
  expect(apply({ 'a.b[0]': { Value: { S: 'v' } } })).toMatchObject({ 'a.b[0]': { S: 'v' } })
})

test('a missing item is created unless the update only removes', () => {
  const add = compileAttributeUpdates({ n: { Action: 'ADD', Value: { N: '1' } } })
  expect({ ...applyUpdate(add, undefined, key).item }).toEqual({ pk: { S: 'k' }, n: { N: '1' } })
  const remove = compileAttributeUpdates({
    n: { Action: 'DELETE' },
    ss: { Action: 'DELETE', Value: { SS: ['a'] } },
  })
  expect(applyUpdate(remove, undefined, key).item).toBeUndefined()
})

test('touched attributes', () => {
  const update = compileAttributeUpdates({ n: { Value: { N: '2' } }, gone: { Action: 'DELETE' } })
  expect(update.attributeNames).toEqual(['n', 'gone'])
  expect({ ...updatedFragments(update, item) }).toEqual({ n: { N: '1' } })
})

const invalid = 'One or more parameter values were invalid: '
test.each([
  [{}, `${invalid}Only DELETE action is allowed when no attribute value is specified`],
  [
    { Action: 'ADD' },
    `${invalid}Only DELETE action is allowed when no attribute value is specified`,
  ],
  [{ Action: 'ADD', Value: { S: 'x' } }, `${invalid}ADD action is not supported for the type S`],
  [{ Action: 'ADD', Value: { M: {} } }, `${invalid}ADD action is not supported for the type M`],
  [
    { Action: 'DELETE', Value: { N: '1' } },
    `${invalid}DELETE action with value is not supported for the type N`,
  ],
  [{ Value: { N: 'x' } }, 'The parameter cannot be converted to a numeric value: x'],
  [{ Action: 'ADD', Value: { SS: ['a'] } }, 'Type mismatch for attribute to update'],
  [{ Action: 'ADD', Value: { L: [] } }, 'Type mismatch for attribute to update'],
  [{ Action: 'DELETE', Value: { NS: ['1'] } }, 'Type mismatch for attribute to update'],
] as [AttributeUpdate, string][])('%j on a number', (update, message) => {
  expect(() => apply({ n: update })).toThrow(
    expect.objectContaining({ name: 'ValidationException', message }),
  )
})
