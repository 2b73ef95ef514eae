/** The operations that pages ask for and that can be copied. */
export type CopiedOperation = 'Query' | 'Scan' | 'GetItem' | 'PutItem' | 'UpdateItem'

/** A member of a request as the SDK takes it. */
export type Member =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Member[]
  | { readonly [name: string]: Member }

/** A request to DynamoDB, as the SDK takes it. */
export interface CopiedRequest {
  readonly operation: CopiedOperation
  readonly input: object
}

/** Where a program asks, and with which keys; those of people stay theirs. */
export interface Place {
  readonly endpoint: string
  readonly region: string
  /** Undefined where a program has keys of its own. */
  readonly accessKeyId: string | undefined
}

/** What a server that verifies no keys takes for one. */
export const anySecret = 'local'

/** The members of a request that are given. */
export const membersOf = (input: object): readonly (readonly [string, Member])[] =>
  Object.entries(input as { readonly [name: string]: Member }).filter(
    ([, value]) => value !== undefined,
  )

export const isMap = (value: Member): value is { readonly [name: string]: Member } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array)

/** How a language writes values. */
export interface Notation {
  readonly words: { readonly null: string; readonly true: string; readonly false: string }
  readonly bytes: (bytes: Uint8Array) => string
  /** The name of a member, as it stands before its colon. */
  readonly name: (name: string) => string
}

/** A value as a literal of lists and maps, in lines that are indented by `margin`. */
export function literal(value: Member, notation: Notation, margin: string): string {
  if (value === undefined || value === null) return notation.words.null
  if (typeof value === 'boolean') return notation.words[value ? 'true' : 'false']
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return notation.bytes(value)
  const inner = `${margin}${notation.words.null === 'None' ? '    ' : '  '}`
  const isList = Array.isArray(value)
  const parts = isList
    ? value.map((each) => literal(each as Member, notation, inner))
    : membersOf(value).map(
        ([name, member]) => `${notation.name(name)}: ${literal(member, notation, inner)}`,
      )
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  const short = parts.join(', ')
  if (parts.length === 1 && short.length <= 60 && !short.includes('\n')) {
    return isList ? `[${short}]` : `{ ${short} }`
  }
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${margin}${close}`
}
