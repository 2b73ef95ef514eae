import {
  enumConstraint,
  maxLengthConstraint,
  maxValueConstraint,
  minLengthConstraint,
  minValueConstraint,
  patternConstraint,
} from '../errors/wireErrors.ts'
import type { Shape } from './modelFile.ts'

/** One constraint of the model: its text, and whether a value keeps it. */
export interface Constraint {
  readonly text: string
  readonly isKeptBy: (value: never) => boolean
}

/**
 * The constraints of a shape's own value, in the order in which a value's failures are reported.
 * An enumeration is printed as `enumOrder`, by default in the model's order.
 */
export function constraintsOf(
  { type, min, max, pattern, enum: values }: Shape,
  enumOrder?: readonly string[],
): readonly Constraint[] {
  const constraints: Constraint[] = []
  if (values !== undefined) constraints.push(oneOf(enumOrder ?? values))
  if (pattern !== undefined) constraints.push(matching(pattern))
  const isNumber = type === 'integer' || type === 'long' || type === 'double'
  const sizes = isNumber ? valueBound : sizeBound(type === 'map')
  if (max !== undefined) constraints.push(sizes.max(max))
  if (min !== undefined && !(min === 0 && sizes !== valueBound)) constraints.push(sizes.min(min))
  return constraints
}

function oneOf(values: readonly string[]): Constraint {
  const allowed = new Set(values)
  return { text: enumConstraint(values), isKeptBy: (value: string) => allowed.has(value) }
}

function matching(pattern: string): Constraint {
  const expression = compilePattern(pattern)
  return { text: patternConstraint(pattern), isKeptBy: (value: string) => expression.test(value) }
}

/** The model's patterns are Java's: they match whole values and know POSIX classes. */
function compilePattern(pattern: string): RegExp {
  const source = `^(?:${pattern.replaceAll('\\p{Print}', '[\\x20-\\x7E]')})$`
  // Ranges beyond the basic plane need the flag, and needless escapes forbid it.
  return new RegExp(source, source.includes('\\uD800') ? 'u' : '')
}

interface Bounds {
  min(limit: number): Constraint
  max(limit: number): Constraint
}

const valueBound: Bounds = {
  min: (limit) => ({
    text: minValueConstraint(limit),
    isKeptBy: (value: number) => value >= limit,
  }),
  max: (limit) => ({
    text: maxValueConstraint(limit),
    isKeptBy: (value: number) => value <= limit,
  }),
}

/** Strings and lists have a length; a map's length is the number of its entries. */
function sizeBound(isMap: boolean): Bounds {
  const sizeOf = isMap
    ? (value: object) => Object.keys(value).length
    : (value: { length: number }) => value.length
  return {
    min: (limit) => ({
      text: minLengthConstraint(limit),
      isKeptBy: (value: never) => sizeOf(value) >= limit,
    }),
    max: (limit) => ({
      text: maxLengthConstraint(limit),
      isKeptBy: (value: never) => sizeOf(value) <= limit,
    }),
  }
}
