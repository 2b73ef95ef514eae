import type { Token, TokenKind } from './token.ts'

/**
 * The tokens of an expression, the last of them the end token. Never fails: what is no token
 * becomes an `invalid` one. Runs in time linear in the text.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let position = 0
  while (position < text.length) {
    if (isBlank(text.charCodeAt(position))) {
      position++
      continue
    }
    const token = readToken(text, position)
    tokens.push(token)
    position = token.end
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

function readToken(text: string, start: number): Token {
  const first = text[start] as string
  if (first === '#' || first === ':') {
    const end = endOfWord(text, start + 1)
    if (end === start + 1) return tokenAt('invalid', text, start, end)
    return tokenAt(first === '#' ? 'name' : 'value', text, start, end)
  }
  const end = endOfWord(text, start)
  if (end > start) return tokenAt(wordKind(text, start, end), text, start, end)
  const symbolLength = lengthOfSymbol(text, start)
  if (symbolLength > 0) return tokenAt('symbol', text, start, start + symbolLength)
  const length = (text.codePointAt(start) as number) > 0xffff ? 2 : 1
  return tokenAt('invalid', text, start, start + length)
}

function tokenAt(kind: TokenKind, text: string, start: number, end: number): Token {
  return { kind, text: text.slice(start, end), start, end }
}

/** A run of letters, digits and underscores; its first character decides what it can be. */
function wordKind(text: string, start: number, end: number): TokenKind {
  const first = text.charCodeAt(start)
  if (isLetter(first)) return 'word'
  for (let index = start; index < end; index++) {
    if (!isDigit(text.charCodeAt(index))) return 'invalid'
  }
  return 'number'
}

function lengthOfSymbol(text: string, start: number): number {
  switch (text.charAt(start)) {
    case '<':
      return text[start + 1] === '=' || text[start + 1] === '>' ? 2 : 1
    case '>':
      return text[start + 1] === '=' ? 2 : 1
    case '=':
    case '(':
    case ')':
    case '[':
    case ']':
    case '.':
    case ',':
    case '+':
    case '-':
      return 1
    default:
      return 0
  }
}

function endOfWord(text: string, start: number): number {
  let end = start
  while (end < text.length && isWordCharacter(text.charCodeAt(end))) end++
  return end
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isWordCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f
}
