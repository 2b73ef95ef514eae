import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../values/attributeValue.ts'
import { compileUpdate } from './compileUpdate.ts'
import { createExpressionContext } from './expressionContext.ts'
import { updateWeight } from './updateWeight.ts'

interface Statement {
  readonly text: string
  readonly names: Record<string, string>
  readonly values: Record<string, AttributeValue>
}

function weigh({ text, names, values }: Statement): number {
  const context = createExpressionContext(
    {
      ExpressionAttributeNames: Object.keys(names).length > 0 ? names : undefined,
      ExpressionAttributeValues: Object.keys(values).length > 0 ? values : undefined,
    },
    { reservedWords: 'refuse' },
  )
  return updateWeight(compileUpdate(text, context))
}

/** `letters` times x, as a value. */
const text = (letters: number): AttributeValue => ({ S: 'x'.repeat(letters) })

describe('the weight of an update', () => {
  it.each<[string, Record<string, AttributeValue>, number]>([
    // The two that AWS was asked: a plain SET adds 19, the name, the value and, once, 3.
    ['SET b = :v', { ':v': text(409_577) }, 409_600],
    ['SET b = :v', { ':v': text(409_578) }, 409_601],
    ['SET c = if_not_exists(c, :v)', { ':v': text(409_700) }, 3 + 19 + 1 + 39 + 16 + 409_700],
    ['SET b = :v, c = :v', { ':v': text(10) }, 3 + 2 * (19 + 1 + 10)],
    ['SET abc.de[17].f = :v', { ':v': text(0) }, 3 + 19 + 3 + (4 + 2) + (4 + 2) + (4 + 1)],
    ['SET l[3] = :v', { ':v': text(0) }, 3 + 20 + 1 + (4 + 1)],
    ['SET b = c.dd[12]', {}, 3 + 19 + 1 + 1 + (14 + 1) + (14 + 2) + (14 + 2)],
    ['SET n = n + :v', { ':v': { N: '1' } }, 3 + 19 + 1 + 34 + 16 + 2],
    ['SET n = :v - n', { ':v': { N: '1' } }, 3 + 19 + 1 + 37 + 16 + 2],
    ['SET l = list_append(:v, l)', { ':v': { L: [text(5)] } }, 3 + 19 + 1 + 37 + 16 + 9],
    ['ADD n :v', { ':v': { N: '-12' } }, 3 + 19 + 1 + 3],
    ['ADD s :v', { ':v': { SS: ['a', 'bcd'] } }, 3 + 19 + 1 + 4],
    ['REMOVE a, b[10] DELETE s :v', { ':v': { SS: ['abcd'] } }, 3 + 2 + (1 + 1 + 4 + 2) + 2],
  ])('of %s', (expression, values, expected) => {
    expect(weigh({ text: expression, names: {}, values })).toBe(expected)
  })

  it('counts the bytes of what a placeholder stands for', () => {
    const statement = { text: 'SET #n = :v', names: { '#n': 'ü€' }, values: { ':v': text(1) } }
    expect(weigh(statement)).toBe(3 + 19 + 5 + 1)
  })
})

/** A piece of a statement, with what the facts say that it weighs. */
interface Piece {
  readonly text: string
  readonly bytes: number
}

const later = fc.array(fc.oneof(fc.constantFrom('ab', 'c'), fc.nat(999)), { maxLength: 3 })
const written = (elements: readonly (string | number)[]): string =>
  elements.map((element) => (typeof element === 'number' ? `[${element}]` : `.${element}`)).join('')
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const read: fc.Arbitrary<Piece> = fc
  .tuple(fc.constantFrom('m', 'mm2'), later)
  .map(([first, rest]) => ({
    text: first + written(rest),
    bytes: 1 + sum([first, ...rest].map((element) => 14 + `${element}`.length)),
  }))
/** The values that all statements here have: a number, a list and a text, of these bytes. */
const values: Record<string, AttributeValue> = {
  ':n': { N: '-123.5' },
  ':l': { L: [{ S: 'abc' }, { BOOL: true }] },
  ':t': { S: 'ü' },
}
const bytesOf = { ':n': 1 + 1 + 2 + 1, ':l': 3 + (1 + 3) + (1 + 1), ':t': 2 }
const value = (name: keyof typeof bytesOf): Piece => ({ text: name, bytes: bytesOf[name] })

const operand = (own: Piece): fc.Arbitrary<Piece> =>
  fc.oneof(
    fc.constant(own),
    read,
    read.map((path) => ({
      text: `if_not_exists(${path.text}, ${own.text})`,
      bytes: 39 + path.bytes + own.bytes,
    })),
  )
const right: fc.Arbitrary<Piece> = fc.oneof(
  operand(value(':t')),
  fc
    .tuple(operand(value(':n')), fc.constantFrom('+', '-'), operand(value(':n')))
    .map(([a, sign, b]) => ({
      text: `${a.text} ${sign} ${b.text}`,
      bytes: (sign === '+' ? 34 : 37) + a.bytes + b.bytes,
    })),
  fc.tuple(operand(value(':l')), operand(value(':l'))).map(([a, b]) => ({
    text: `list_append(${a.text}, ${b.text})`,
    bytes: 37 + a.bytes + b.bytes,
  })),
)

/** Clauses with targets that never overlap: each has a first name of its own. */
const clauses = fc.record({
  sets: fc.array(fc.tuple(later, right), { minLength: 1, maxLength: 4 }),
  removals: fc.array(later, { maxLength: 3 }),
})

const target = (first: string, rest: readonly (string | number)[]): Piece => ({
  text: first + written(rest),
  bytes: first.length + sum(rest.map((element) => 4 + `${element}`.length)),
})

describe('any statement', () => {
  it('weighs the sum of what its parts weigh', () => {
    fc.assert(
      fc.property(clauses, ({ sets, removals }) => {
        const assignments = sets.map(([rest, assigned], i): Piece => {
          const to = target(`s${i}`, rest)
          const ofIndex = typeof rest.at(-1) === 'number' ? 1 : 0
          return {
            text: `${to.text} = ${assigned.text}`,
            bytes: 19 + ofIndex + to.bytes + assigned.bytes,
          }
        })
        const removed = removals.map((rest, i) => target(`r${i}`, rest))
        const used = assignments.map((each) => each.text).join(', ')
        const statement = {
          text:
            `SET ${used}` +
            (removed.length === 0 ? '' : ` REMOVE ${removed.map((each) => each.text).join(', ')}`),
          names: {},
          values: Object.fromEntries(
            Object.entries(values).filter(([name]) => used.includes(name)),
          ),
        }
        expect(weigh(statement)).toBe(
          3 +
            sum(assignments.map(({ bytes }) => bytes)) +
            sum(removed.map(({ bytes }) => 1 + bytes)),
        )
      }),
    )
  })
})
