import { notWellFormed } from '../errors/statementErrors.ts'
import { keywords } from './keywords.ts'
import type { Token, TokenKind } from './token.ts'

const singles: ReadonlySet<string> = new Set('()[]{},.:;=+-*/%<>'.split(''))
const doubles: ReadonlySet<string> = new Set(['<>', '<=', '>=', '<<', '>>', '!=', '||'])
/** A token at the place where a sticky pattern begins. */
const wordPattern = /[A-Za-z_$][A-Za-z0-9_$]*/y
const numberPattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
/** What may not follow a number directly: it would be a number that nobody can read. */
const numberTail = /[A-Za-z0-9_$.]/

/**
 * The tokens of a statement without its comments, the last of them the end token. Throws
 * notWellFormed for what is no token. Runs in time linear in the text.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  for (;;) {
    position = skipBlanks(text, position)
    if (position >= text.length) break
    const token = readToken(text, position)
    tokens.push(token)
    position = token.end
  }
  tokens.push({ kind: 'end', value: '', start: text.length, end: text.length })
  return tokens
}

/** The index behind blanks and comments. */
function skipBlanks(text: string, start: number): number {
  let index = start
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) index++
    else if (text.startsWith('--', index)) index = endOf(text.indexOf('\n', index), text)
    else if (text.startsWith('/*', index)) {
      const end = text.indexOf('*/', index + 2)
      if (end < 0) throw notWellFormed('')
      index = end + 2
    } else break
  }
  return index
}

const endOf = (found: number, text: string): number => (found < 0 ? text.length : found)

function readToken(text: string, start: number): Token {
  const first = text[start] as string
  if (first === "'" || first === '"') return quotedToken(text, start, first)
  if (first === '?') return { kind: 'parameter', value: '?', start, end: start + 1 }
  const word = matchAt(wordPattern, text, start)
  if (word !== undefined) return wordToken(word, start)
  const number = matchAt(numberPattern, text, start)
  if (number !== undefined) {
    const end = start + number.length
    if (numberTail.test(text.charAt(end))) throw notWellFormed('')
    return { kind: 'number', value: number, start, end }
  }
  const double = text.slice(start, start + 2)
  if (doubles.has(double)) {
    const value = double === '!=' ? '<>' : double
    return { kind: 'symbol', value, start, end: start + 2 }
  }
  if (!singles.has(first)) throw notWellFormed('')
  return { kind: 'symbol', value: first, start, end: start + 1 }
}

function matchAt(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start
  return pattern.exec(text)?.[0]
}

function wordToken(word: string, start: number): Token {
  const lower = word.toLowerCase()
  const isKeyword = keywords.has(lower)
  const kind: TokenKind = isKeyword ? 'keyword' : 'name'
  return { kind, value: isKeyword ? lower : word, start, end: start + word.length }
}

/** A quote inside is written twice. */
function quotedToken(text: string, start: number, quote: string): Token {
  let end = text.indexOf(quote, start + 1)
  let isDoubled = false
  while (end >= 0 && text[end + 1] === quote) {
    isDoubled = true
    end = text.indexOf(quote, end + 2)
  }
  if (end < 0) throw notWellFormed('')
  const content = text.slice(start + 1, end)
  const value = isDoubled ? content.replaceAll(quote + quote, quote) : content
  return { kind: quote === "'" ? 'string' : 'quoted', value, start, end: end + 1 }
}
