import type { PolicyVersion } from './policyDocument.ts'
import type { ConditionKeys } from './accessQuestion.ts'
import { anyCharacter, anyText, type PatternPart } from './wildcardPattern.ts'

/** A variable, such as `${aws:username}`: the value of a condition key of the request. */
export interface Variable {
  /** In lower case. */
  readonly key: string
  /** What stands in for a key that the request does not have. */
  readonly fallback: string | undefined
}

/** A piece of a text of a policy. */
export type TextPart = PatternPart | Variable

/** What has a meaning of its own in a text of a policy. */
export interface TextMeaning {
  readonly variables: boolean
  readonly wildcards: boolean
}

/** Only the version of 2012 knows variables (developer guide: specifying conditions). */
export function knowsVariables(version: PolicyVersion): boolean {
  return version === '2012-10-17'
}

/**
 * Takes a text apart. `${*}`, `${?}` and `${$}` are those characters themselves. Undefined for a
 * variable that is not closed or has no name.
 */
export function textParts(text: string, meaning: TextMeaning): readonly TextPart[] | undefined {
  const parts: TextPart[] = []
  let literal = ''
  const add = (part: TextPart): void => {
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(part)
  }
  for (let i = 0; i < text.length; ) {
    const character = text[i] as string
    if (meaning.variables && text.startsWith('${', i)) {
      const end = variableEnd(text, i)
      if (end === undefined) return undefined
      const variable = variableOf(text.slice(i + 2, end))
      if (variable === undefined) return undefined
      if (typeof variable === 'string') literal += variable
      else add(variable)
      i = end + 1
      continue
    }
    if (meaning.wildcards && character === '*') add(anyText)
    else if (meaning.wildcards && character === '?') add(anyCharacter)
    else literal += character
    i += 1
  }
  if (literal !== '') parts.push(literal)
  return parts
}

/** The place of the brace that closes the variable at `start`; braces in a default do not. */
function variableEnd(text: string, start: number): number | undefined {
  const close = text.indexOf('}', start)
  if (close < 0) return undefined
  const quote = text.slice(start, close).indexOf("'")
  if (quote < 0) return close
  const unquote = text.indexOf("'", start + quote + 1)
  const end = unquote < 0 ? -1 : text.indexOf('}', unquote)
  return end < 0 ? undefined : end
}

/** What stands between the braces. */
function variableOf(inner: string): Variable | string | undefined {
  if (inner === '*' || inner === '?' || inner === '$') return inner
  const comma = inner.indexOf(',')
  const key = (comma < 0 ? inner : inner.slice(0, comma)).trim().toLowerCase()
  if (key === '') return undefined
  if (comma < 0) return { key, fallback: undefined }
  const quoted = inner.slice(comma + 1).trim()
  const isQuoted = quoted.length >= 2 && quoted.startsWith("'") && quoted.endsWith("'")
  return isQuoted ? { key, fallback: quoted.slice(1, -1) } : undefined
}

/** Tells whether a text matches; undefined when that cannot be said. */
export type TextTest = (text: string, keys: ConditionKeys) => boolean | undefined

/**
 * The test that `build` makes of `parts`: made once where there are no variables, otherwise for
 * each request with the values of its keys, which are text to the letter: a `*` in them is none. A
 * variable that a request cannot fill makes the test undefined.
 */
export function compileText(
  parts: readonly TextPart[],
  build: (parts: readonly PatternPart[]) => (text: string) => boolean,
): TextTest {
  if (parts.every(isPatternPart)) return build(parts)
  return (text, keys) => {
    const filled = filledParts(parts, keys)
    return filled === undefined ? undefined : build(filled)(text)
  }
}

function isPatternPart(part: TextPart): part is PatternPart {
  return typeof part !== 'object'
}

function filledParts(parts: readonly TextPart[], keys: ConditionKeys): PatternPart[] | undefined {
  const filled: PatternPart[] = []
  for (const part of parts) {
    if (isPatternPart(part)) {
      filled.push(part)
      continue
    }
    const value = keys.valueOf(part.key)
    // Keys of several values are no variables, however many a request has.
    const text = typeof value === 'string' ? value : value === undefined ? part.fallback : undefined
    if (text === undefined) return undefined
    filled.push(text)
  }
  return filled
}
