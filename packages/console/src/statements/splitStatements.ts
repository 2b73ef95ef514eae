/** A statement of several, and how many parameters it takes. */
export interface Statement {
  readonly text: string
  readonly parameterCount: number
}

const pieces = /'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[;?]|[^'"\-/;?]+|./g

/** The statements of a text, which semicolons end outside of texts, names and comments. */
export function splitStatements(text: string): readonly Statement[] {
  const statements: { text: string; parameterCount: number; isEmpty: boolean }[] = []
  const begin = () => ({ text: '', parameterCount: 0, isEmpty: true })
  let present = begin()
  for (const [piece] of text.matchAll(pieces)) {
    if (piece === ';') {
      statements.push(present)
      present = begin()
      continue
    }
    present.text += piece
    if (piece === '?') present.parameterCount += 1
    if (!/^\s*$|^--|^\/\*/.test(piece)) present.isEmpty = false
  }
  statements.push(present)
  return statements
    .filter(({ isEmpty }) => !isEmpty)
    .map((each) => ({ text: each.text.trim(), parameterCount: each.parameterCount }))
}

/** The statement that `position` is in, from behind the semicolon before it to the next one. */
export function statementAround(text: string, position: number): { start: number; end: number } {
  let start = 0
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    if (piece !== ';') continue
    if (index >= position) return { start, end: index }
    start = index + 1
  }
  return { start, end: text.length }
}

/** Whether what follows `text` belongs to a text in single quotes or to a remark. */
export function endsWithinText(text: string): boolean {
  const last = [...text.matchAll(pieces)].at(-1)?.[0] ?? ''
  if (last.startsWith('--')) return true
  if (last.startsWith('/*')) return !last.endsWith('*/') || last.length < 4
  return last.startsWith("'") && last.split("'").length % 2 === 0
}
