import { describe, expect, test } from 'vitest'
import { evaluateMath, type MathInput } from './metricMath.ts'

const series = (period: number, ...points: [number, number][]): MathInput => ({
  values: new Map(points),
  period,
})
const inputs = new Map([
  ['a', series(60, [0, 6], [60, 9], [120, 0])],
  ['b', series(60, [0, 2], [60, 3])],
  ['sum1', series(300, [0, 1])],
])
const optionsWith = (left = 1000) => ({
  inputOf: (id: string) => inputs.get(id),
  metricIds: ['a', 'b'],
  range: { start: 0, end: 240 },
  budget: { left },
})
const pointsOf = (expression: string): unknown => [
  ...evaluateMath('e', expression, optionsWith()).values,
]
function refusal(expression: string): string {
  try {
    evaluateMath('e', expression, optionsWith())
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('not refused')
}

describe('metric math', () => {
  test.each<[string, [number, number][]]>([
    [
      'a + b',
      [
        [0, 8],
        [60, 12],
      ],
    ],
    [
      'a - b * 2',
      [
        [0, 2],
        [60, 3],
      ],
    ],
    [
      '(a - b) * 2',
      [
        [0, 8],
        [60, 12],
      ],
    ],
    [
      '-a + 1',
      [
        [0, -5],
        [60, -8],
        [120, 1],
      ],
    ],
    [
      'a / b',
      [
        [0, 3],
        [60, 3],
      ],
    ],
    [
      'b / a',
      [
        [0, 1 / 3],
        [60, 1 / 3],
      ],
    ],
    [
      '12 / a',
      [
        [0, 2],
        [60, 12 / 9],
      ],
    ],
    [
      'a / PERIOD(a)',
      [
        [0, 0.1],
        [60, 0.15],
        [120, 0],
      ],
    ],
    [
      'SUM([a, b])',
      [
        [0, 8],
        [60, 12],
        [120, 0],
      ],
    ],
    [
      'SUM(METRICS())',
      [
        [0, 8],
        [60, 12],
        [120, 0],
      ],
    ],
    [
      'AVG([a, b]) - MIN([a,b])',
      [
        [0, 2],
        [60, 3],
        [120, 0],
      ],
    ],
    [
      'MAX([a, b]) + 0 * a',
      [
        [0, 6],
        [60, 9],
        [120, 0],
      ],
    ],
    [
      'a * SUM(b)',
      [
        [0, 30],
        [60, 45],
        [120, 0],
      ],
    ],
    [
      'ABS(b - a)',
      [
        [0, 4],
        [60, 6],
      ],
    ],
    [
      'CEIL(a / 4) - FLOOR(a / 4)',
      [
        [0, 1],
        [60, 1],
        [120, 0],
      ],
    ],
    [
      'FILL(b, 7)',
      [
        [0, 2],
        [60, 3],
        [120, 7],
        [180, 7],
      ],
    ],
    [' sum1*1.5 ', [[0, 1.5]]],
  ])('%s', (expression, points) => {
    expect(pointsOf(expression)).toEqual(points)
  })

  test('looks at no more values than it may', () => {
    expect(() => evaluateMath('e', 'a + b', optionsWith(5))).not.toThrow()
    expect(() => evaluateMath('e', 'a + b', optionsWith(4))).toThrow(
      "Error in expression 'e': the expressions look at too many values.",
    )
  })

  test.each([
    ['SUM(a)', 'it does not give one time series.'],
    ['METRICS()', 'it does not give one time series.'],
    ['a + later', 'there is no value of later.'],
    ['3', 'it does not give one time series.'],
    ['a +', 'it ends too early.'],
    ['a b', "'b' is not expected."],
    ['a + )', "')' is not expected."],
    ['(a', "')' is missing."],
    ['a ^ 2', "'^' is not understood."],
    ["SEARCH('{AWS/DynamoDB}', 'Sum')", "''' is not understood."],
    ['RATE(a)', 'the function RATE is not available in Dynatom with these parameters.'],
    ['PERIOD(METRICS())', 'a time series is expected.'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 'it is nested too deep.'],
  ])('refuses %s', (expression, reason) => {
    expect(refusal(expression)).toBe(`Error in expression 'e': ${reason}`)
  })

  test('fills no more than an answer holds', () => {
    const range = { start: 0, end: 60 * 200_000 }
    expect(() => evaluateMath('e', 'FILL(a, 0)', { ...optionsWith(), range })).toThrow(
      "Error in expression 'e': it gives too many values.",
    )
  })
})
