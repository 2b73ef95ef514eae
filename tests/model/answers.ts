import { isDeepStrictEqual } from 'node:util'
import { shortened } from './scripts.ts'

/** What stands for a NextToken in comparisons. */
export const someToken = 'a token'

/** Throws an error that shows both answers unless they are the same. */
export function compareAnswers(request: string, expected: unknown, actual: unknown): void {
  if (!isDeepStrictEqual(expected, actual)) throw new Error(difference(request, expected, actual))
}

/** A request and its two answers, each behind the name of who gave it. */
export function difference(
  request: string,
  expected: unknown,
  actual: unknown,
  [first, second]: readonly [string, string] = ['model: ', 'server:'],
): string {
  return `${request}\n${first} ${shortened(expected)}\n${second} ${shortened(actual)}`
}

/**
 * An answer as it is compared: without members that are undefined, and in one order where the order
 * means nothing: what a batch found in a table, the tables of a ConsumedCapacity. What a token says
 * is the server's own affair.
 */
export function normalised(answer: unknown): Record<string, unknown> {
  const plain = JSON.parse(JSON.stringify(answer)) as Record<string, unknown>
  const { Responses: responses, ConsumedCapacity: capacity } = plain
  if (plain['NextToken'] !== undefined) plain['NextToken'] = someToken
  if (Array.isArray(capacity)) plain['ConsumedCapacity'] = inOneOrder(capacity)
  if (typeof responses !== 'object' || Array.isArray(responses)) return plain
  const found = Object.entries(responses as Record<string, unknown[]>)
  const ordered = found.map(([table, items]) => [table, inOneOrder(items)])
  return { ...plain, Responses: Object.fromEntries(ordered) as object }
}

function inOneOrder(list: readonly unknown[]): unknown[] {
  const texts = list.map(sortedText)
  const positions = list.map((_, i) => i)
  positions.sort((a, b) => compareTexts(texts[a] as string, texts[b] as string))
  return positions.map((i) => list[i])
}

/** JSON with the members of objects in the order of their names. */
function sortedText(part: unknown): string {
  if (Array.isArray(part)) return `[${part.map(sortedText).join()}]`
  if (typeof part !== 'object' || part === null) return JSON.stringify(part)
  const members = Object.entries(part).map(([name, member]) => `${name}:${sortedText(member)}`)
  return `{${members.sort(compareTexts).join()}}`
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
