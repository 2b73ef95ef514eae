import { expressionRefused } from '../../errors/metricErrors.ts'
import { maxMetricDatapoints } from '../../limits.ts'
import { unreachable } from '../../invariant.ts'
import type { TimeRange } from './aggregate.ts'
import { MathFault, parseMath, type MathNode } from './mathSyntax.ts'

/** Values by timestamp, in seconds. */
export type TimedValues = ReadonlyMap<number, number>

/** The values of a query of GetMetricData, or of an expression. */
export interface MathInput {
  readonly values: TimedValues
  /** In seconds. */
  readonly period: number
}

export interface MathOptions {
  /** The values of an Id; undefined for one that is none. */
  readonly inputOf: (id: string) => MathInput | undefined
  /** The Ids of metrics, which METRICS() stands for. */
  readonly metricIds: readonly string[]
  readonly range: TimeRange
  /** How many values may still be looked at, by all expressions of a request together. */
  readonly budget: { left: number }
}

/** A series, a number, or a list of series. */
type MathValue = MathInput | number | readonly MathInput[]

/**
 * The series that an expression gives. Points that are missing on one side are left out, and so is
 * a division by zero. Throws ValidationError for a text that is no expression, has a function that
 * is not built or an Id that is none, looks at too many values, or gives no series.
 */
export function evaluateMath(id: string, expression: string, options: MathOptions): MathInput {
  try {
    const value = valueOf(parseMath(expression), options)
    if (typeof value === 'number' || isList(value)) {
      throw new MathFault('it does not give one time series.')
    }
    return value
  } catch (error) {
    if (error instanceof MathFault) throw expressionRefused(id, error.message)
    throw error
  }
}

const isList = (value: MathValue): value is readonly MathInput[] => Array.isArray(value)

function valueOf(node: MathNode, options: MathOptions): MathValue {
  switch (node.kind) {
    case 'number':
      return node.value
    case 'query':
      return inputOf(node.id, options)
    case 'list':
      return node.elements.map((each) => seriesOf(valueOf(each, options)))
    case 'negated':
      return mapped(valueOf(node.operand, options), (value) => -value)
    case 'operation': {
      const [left, right] = [valueOf(node.left, options), valueOf(node.right, options)]
      return combined(left, right, operators[node.operator])
    }
    case 'call':
      return called(node.name, node.args, options)
    default:
      return unreachable(node)
  }
}

function inputOf(id: string, options: MathOptions): MathInput {
  const input = options.inputOf(id)
  if (input === undefined) throw new MathFault(`there is no value of ${id}.`)
  const { budget } = options
  budget.left -= input.values.size
  if (budget.left < 0) throw new MathFault('the expressions look at too many values.')
  return input
}

function seriesOf(value: MathValue | undefined): MathInput {
  if (value === undefined || typeof value === 'number' || isList(value)) {
    throw new MathFault('a time series is expected.')
  }
  return value
}

type Operator = (left: number, right: number) => number

const operators: Readonly<Record<'+' | '-' | '*' | '/', Operator>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
}

function mapped(value: MathValue, change: (value: number) => number): MathValue {
  if (typeof value === 'number') return change(value)
  if (isList(value)) return value.map((each) => seriesOf(mapped(each, change)))
  const values = new Map<number, number>()
  for (const [timestamp, each] of value.values) {
    const changed = change(each)
    if (Number.isFinite(changed)) values.set(timestamp, changed)
  }
  return { values, period: value.period }
}

function combined(left: MathValue, right: MathValue, operator: Operator): MathValue {
  if (typeof right === 'number') return mapped(left, (value) => operator(value, right))
  if (typeof left === 'number') return mapped(right, (value) => operator(left, value))
  if (isList(left)) return left.map((each) => seriesOf(combined(each, right, operator)))
  if (isList(right)) return right.map((each) => seriesOf(combined(left, each, operator)))
  const values = new Map<number, number>()
  for (const [timestamp, value] of left.values) {
    const other = right.values.get(timestamp)
    const result = other === undefined ? Number.NaN : operator(value, other)
    if (Number.isFinite(result)) values.set(timestamp, result)
  }
  return { values, period: Math.max(left.period, right.period) }
}

type Reduction = (values: readonly number[]) => number

const sum: Reduction = (values) => values.reduce((total, each) => total + each, 0)

const reductions: Readonly<Record<string, Reduction>> = {
  SUM: sum,
  AVG: (values) => sum(values) / values.length,
  MIN: (values) => values.reduce((least, each) => Math.min(least, each)),
  MAX: (values) => values.reduce((most, each) => Math.max(most, each)),
}

const changes: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
}

function called(name: string, nodes: readonly MathNode[], options: MathOptions): MathValue {
  if (name === 'METRICS' && nodes.length === 0) {
    return options.metricIds.map((id) => inputOf(id, options))
  }
  const args = nodes.map((node) => valueOf(node, options))
  const [first, second] = args
  const reduction = reductions[name]
  const change = changes[name]
  if (first !== undefined && args.length === 1) {
    if (reduction !== undefined) return reduced(first, reduction)
    if (change !== undefined) return mapped(first, change)
    if (name === 'PERIOD') return seriesOf(first).period
  }
  if (name === 'FILL' && args.length === 2 && typeof second === 'number') {
    return filled(seriesOf(first), second, options.range)
  }
  throw new MathFault(`the function ${name} is not available in Dynatom with these parameters.`)
}

/** Of a list, the series of what its members have at each time; of a series, a number. */
function reduced(value: MathValue, reduction: Reduction): MathValue {
  if (typeof value === 'number') return value
  if (!isList(value)) {
    const values = [...value.values.values()]
    return values.length === 0 ? 0 : reduction(values)
  }
  const byTime = new Map<number, number[]>()
  for (const { values } of value) {
    for (const [timestamp, each] of values) {
      const known = byTime.get(timestamp)
      if (known === undefined) byTime.set(timestamp, [each])
      else known.push(each)
    }
  }
  const values = new Map([...byTime].map(([timestamp, all]) => [timestamp, reduction(all)]))
  return { values, period: Math.max(60, ...value.map(({ period }) => period)) }
}

function filled({ values, period }: MathInput, filler: number, range: TimeRange): MathInput {
  const step = Math.max(60, period)
  if ((range.end - range.start) / step > maxMetricDatapoints) {
    throw new MathFault('it gives too many values.')
  }
  const all = new Map<number, number>()
  for (let at = range.start; at < range.end; at += step) all.set(at, values.get(at) ?? filler)
  return { values: all, period }
}
