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
