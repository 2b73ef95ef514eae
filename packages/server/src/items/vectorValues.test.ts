import { assert, float, property } from 'fast-check'
import { expect, test } from 'vitest'
import { decimalOf, vectorAttribute, vectorOf } from './vectorValues.ts'

const list = (...numbers: string[]) => ({ L: numbers.map((N) => ({ N })) })

test('elements are the nearest 32-bit floats', () => {
  const found = vectorOf(list('16777217', '0.1', '-3.4028234663852886e38', '1e-46', '7e-46'), 5)
  expect(found).toEqual(
    Float32Array.of(16777216, 0.1, -3.4028234663852886e38, 0, Math.fround(7e-46)),
  )
})

test.each([
  [{ S: 'x' }, { kind: 'type' }],
  [list('1'), { kind: 'size', actual: 1 }],
  [{ L: [{ N: '1' }, { BOOL: true }] }, { kind: 'elementType', position: 1, actual: 'BOOL' }],
  [list('0', '3.5e38'), { kind: 'range', position: 1, text: '3.5e38' }],
] as const)('%j is no vector of two elements', (value, fault) => {
  expect(vectorOf(value, 2)).toEqual(fault)
})

test('what rounds to the largest float is in range', () => {
  expect(vectorOf(list('3.40282356e38'), 1)).toEqual(Float32Array.of(3.4028234663852886e38))
  expect(vectorOf(list('3.40282357e38'), 1)).toMatchObject({ kind: 'range' })
})

test.each([
  [1, '1'],
  [0.1, '0.1'],
  [-0, '0'],
  [-2.5, '-2.5'],
  [16777216, '16777216'],
  [1e-7, '0.0000001'],
  [1e10, '10000000000'],
  [123456.7, '123456.7'],
])('%d is shown as %s', (element, text) => {
  expect(decimalOf(Math.fround(element))).toBe(text)
})

test('what is shown is that float again, without exponent and needless zeros', () => {
  assert(
    property(float({ noNaN: true, noDefaultInfinity: true }), (element) => {
      const text = decimalOf(element)
      expect(text).toMatch(/^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/)
      expect(Math.fround(Number(text))).toBe(element === 0 ? 0 : element)
    }),
  )
})

test('a vector is shown as an attribute', () => {
  expect(vectorAttribute(Float32Array.of(0.5, -1))).toEqual(list('0.5', '-1'))
})
