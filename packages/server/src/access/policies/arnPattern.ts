import type { ConditionKeys } from './accessQuestion.ts'
import { compileText, type TextPart, type TextTest } from './policyText.ts'
import { anyText, WildcardPattern, type PatternPart } from './wildcardPattern.ts'

/** A text that should be an ARN; it is taken apart when its parts are first asked for. */
export class Arn {
  readonly text: string
  #parts: readonly string[] | null | undefined

  constructor(text: string) {
    this.text = text
  }

  /** The six parts, of which the last one may have colons; null for what is no ARN. */
  get parts(): readonly string[] | null {
    this.#parts ??= partsOf(this.text)
    return this.#parts
  }
}

/** Tells whether an ARN matches; undefined when that cannot be said. */
export type ArnTest = (arn: Arn, keys: ConditionKeys) => boolean | undefined

const partCount = 6

function partsOf(text: string): readonly string[] | null {
  const parts: string[] = []
  let start = 0
  while (parts.length < partCount - 1) {
    const colon = text.indexOf(':', start)
    if (colon < 0) return null
    parts.push(text.slice(start, colon))
    start = colon + 1
  }
  parts.push(text.slice(start))
  return parts
}

/** The test of a pattern; the usual ones, `text`, `text*` and `*`, need no WildcardPattern. */
function buildTest(parts: readonly PatternPart[]): (text: string) => boolean {
  const rest = parts.at(-1) === anyText ? parts.slice(0, -1) : parts
  if (rest.every((part) => typeof part === 'string')) {
    const literal = rest.join('')
    if (rest === parts) return (text) => text === literal
    return literal === '' ? () => true : (text) => text.startsWith(literal)
  }
  const pattern = new WildcardPattern(parts)
  return (text) => pattern.matches(text)
}

/** A pattern of plain text, held to a whole text. */
export function compilePattern(parts: readonly TextPart[]): TextTest {
  return compileText(parts, buildTest)
}

/**
 * A pattern of ARNs, compared part by part, as the operators of conditions do. What has not six
 * parts matches nothing, and nothing can be said of it.
 */
export function compileArnPattern(parts: readonly TextPart[]): ArnTest {
  const tests = arnParts(parts).map(compilePattern)
  if (tests.length < partCount) return () => undefined
  return (arn, keys) => matchParts(tests, arn, keys)
}

/**
 * A pattern of Resource or NotResource. `*` alone matches everything, and is all that matches the
 * resource `*`. Parts that are missing at the end stand for any, and where parts are missing a `*`
 * at the end of one may also go over colons (IAM user guide: Resource).
 */
export function compileResourcePattern(parts: readonly TextPart[]): ArnTest {
  if (parts.length > 0 && parts.every((part) => part === anyText)) return () => true
  const split = arnParts(parts)
  const tests = split.map(compilePattern)
  if (tests.length >= partCount) {
    return (arn, keys) => arn.parts !== null && matchParts(tests, arn, keys)
  }
  const padded = [...tests]
  while (padded.length < partCount) padded.push(() => true)
  const mayGoOn = split.every((part) => !part.slice(0, -1).includes(anyText))
  const whole = mayGoOn ? compilePattern(parts) : () => false
  return (arn, keys) => {
    if (arn.parts === null) return false
    const byParts = matchParts(padded, arn, keys)
    return byParts === false ? whole(arn.text, keys) : byParts
  }
}

function matchParts(
  tests: readonly TextTest[],
  { parts }: Arn,
  keys: ConditionKeys,
): boolean | undefined {
  if (parts === null) return undefined
  let result: boolean | undefined = true
  // From the end: the first parts of most patterns are those of most ARNs.
  for (let i = partCount - 1; i >= 0; i--) {
    const matches = (tests[i] as TextTest)(parts[i] as string, keys)
    if (matches === false) return false
    if (matches === undefined) result = undefined
  }
  return result
}

/**
 * The parts of a pattern between its colons, six at most. A colon in the value of a variable is
 * none: nobody gets another resource by having one in their name.
 */
function arnParts(parts: readonly TextPart[]): TextPart[][] {
  let current: TextPart[] = []
  const split = [current]
  for (const part of parts) {
    if (typeof part !== 'string') {
      current.push(part)
      continue
    }
    let rest = part
    while (split.length < partCount) {
      const colon = rest.indexOf(':')
      if (colon < 0) break
      if (colon > 0) current.push(rest.slice(0, colon))
      split.push((current = []))
      rest = rest.slice(colon + 1)
    }
    if (rest !== '') current.push(rest)
  }
  return split
}
