/** What the worker of a course is given, once. */
export interface WorkerTask {
  readonly program: string
  readonly region: string
  readonly accessKeyId: string
}

/** An answer with which the database refused a request. */
export interface Refusal {
  readonly requestId: string
  readonly operation: string
  readonly error: string
  readonly message: string
  /** Those of a cancelled transaction, by position. */
  readonly codes?: readonly string[]
}

/** What the worker of a course tells the page. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly text: string }

const mostCharacters = 2000

/**
 * A message as it can be shown: programs can send what they like, so that nothing is taken for
 * anything but text. Undefined for what is no message.
 */
export function readMessage(data: unknown): WorkerMessage | undefined {
  const { kind, text, refusal } = membersOf(data)
  if (kind === 'ready' || kind === 'ended') return { kind }
  if (kind === 'line' || kind === 'failed') return { kind, text: textIn(text) }
  return kind === 'refused' ? { kind, refusal: refusalIn(membersOf(refusal)) } : undefined
}

function refusalIn({
  requestId,
  operation,
  error,
  message,
  codes,
}: Readonly<Record<string, unknown>>): Refusal {
  return {
    requestId: textIn(requestId),
    operation: textIn(operation),
    error: textIn(error),
    message: textIn(message),
    ...(Array.isArray(codes) && { codes: codes.slice(0, 100).map(textIn) }),
  }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const textIn = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, mostCharacters) : ''
