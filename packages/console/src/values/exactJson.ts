/** A number as its digits were written, which may be more than a JavaScript number holds. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type ExactJson =
  | null
  | boolean
  | string
  | ExactNumber
  | readonly ExactJson[]
  | { readonly [name: string]: ExactJson }

/** What is wrong with a text that should be JSON, and where. */
export class JsonFault extends Error {}

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const stringForm = /"(?:[^"\\]|\\.)*"/sy
const blankForm = /[ \t\r\n]*/y
const words: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false }
/** DynamoDB takes 32 levels; a text nested beyond this is none that it could take. */
const mostLevels = 100

/** JSON (RFC 8259), numbers as written. Throws JsonFault, also for a name given twice. */
export function parseExactJson(text: string): ExactJson {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
    this.taken(blankForm)
  }

  end(): void {
    if (this.at < this.text.length) throw this.fault('nothing more')
  }

  value(level: number): ExactJson {
    if (level > mostLevels) throw this.fault('fewer levels')
    const sign = this.text[this.at]
    if (sign === '{') return this.object(level)
    if (sign === '[') return this.array(level)
    if (sign === '"') return this.string()
    const digits = this.taken(numberForm)
    if (digits !== undefined && digits !== '') return this.past(new ExactNumber(digits))
    const word = Object.keys(words).find((each) => this.text.startsWith(each, this.at))
    if (word === undefined) throw this.fault('a value')
    this.at += word.length
    return this.past(words[word] as null | boolean)
  }

  private object(level: number): ExactJson {
    const members = new Map<string, ExactJson>()
    this.list('}', () => {
      if (this.text[this.at] !== '"') throw this.fault('a name in double quotes')
      const place = this.at
      const name = this.string()
      if (members.has(name))
        throw this.fault(`another name than "${name}", which stands twice`, place)
      this.sign(':')
      members.set(name, this.value(level + 1))
    })
    // A member `__proto__` is one like all others here.
    return Object.fromEntries(members)
  }

  private array(level: number): ExactJson {
    const elements: ExactJson[] = []
    this.list(']', () => elements.push(this.value(level + 1)))
    return elements
  }

  private list(end: string, element: () => void): void {
    this.at += 1
    this.taken(blankForm)
    if (this.text[this.at] === end) return this.sign(end)
    for (;;) {
      element()
      if (this.text[this.at] === end) return this.sign(end)
      this.sign(',', end)
    }
  }

  private string(): string {
    const place = this.at
    const literal = this.taken(stringForm)
    if (literal === undefined) throw this.fault('the end of a text')
    try {
      return this.past(JSON.parse(literal) as string)
    } catch {
      throw this.fault('text without control characters and unknown escapes', place)
    }
  }

  private sign(sign: string, other?: string): void {
    if (this.text[this.at] !== sign) {
      throw this.fault(other === undefined ? `"${sign}"` : `"${sign}" or "${other}"`)
    }
    this.at += 1
    this.taken(blankForm)
  }

  private past<Value>(value: Value): Value {
    this.taken(blankForm)
    return value
  }

  private taken(form: RegExp): string | undefined {
    form.lastIndex = this.at
    const [found] = form.exec(this.text) ?? []
    if (found !== undefined) this.at += found.length
    return found
  }

  private fault(expected: string, at: number = this.at): JsonFault {
    const lines = this.text.slice(0, at).split('\n')
    const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
    return new JsonFault(`Expected ${expected} at ${place}.`)
  }
}

/** A value as JSON, numbers as they were written. */
export function writeExactJson(value: ExactJson, indent = '  ', margin = ''): string {
  if (value instanceof ExactNumber) return value.text
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = margin + indent
  const [open, close, parts] = isList(value)
    ? ['[', ']', value.map((element) => writeExactJson(element, indent, inner))]
    : ['{', '}', membersOf(value, indent, inner)]
  if (parts.length === 0) return open + close
  if (indent === '') return open + parts.join(',') + close
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${margin}${close}`
}

function membersOf(value: { readonly [name: string]: ExactJson }, indent: string, inner: string) {
  const space = indent === '' ? '' : ' '
  return Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${space}${writeExactJson(member, indent, inner)}`,
  )
}

export const isList = (value: ExactJson): value is readonly ExactJson[] => Array.isArray(value)

export const isObject = (value: ExactJson): value is { readonly [name: string]: ExactJson } =>
  typeof value === 'object' && value !== null && !isList(value) && !(value instanceof ExactNumber)
