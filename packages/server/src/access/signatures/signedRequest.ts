/** A request, as far as a signature covers it: as it was received. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as on the request line. */
  readonly url: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /**
   * Names and values by turns, in their order; a character is a byte. Absent where nothing was sent
   * as bytes, so that no header can be there twice.
   */
  readonly rawHeaders?: readonly string[] | undefined
  /** As it was sent, coded or not. */
  readonly body: Uint8Array
}

/** The first value of header `name`, which is in lower case and no name that all objects have. */
export function firstHeaderOf(
  { headers }: Pick<SignedRequest, 'headers'>,
  name: string,
): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value[0] : value
}

/**
 * The values of headers as a signature covers them: all of a name, in their order, with commas
 * between; blanks at the ends taken away and runs of them made one.
 */
export class SignedValues {
  readonly #request: SignedRequest
  /** Whether `headers` may have less than was sent, because a header was there twice. */
  readonly #isRepeated: boolean

  constructor(request: SignedRequest) {
    const { headers, rawHeaders } = request
    this.#request = request
    this.#isRepeated = rawHeaders !== undefined && rawHeaders.length !== 2 * countOf(headers)
  }

  /** The value of header `name`, which is in lower case; undefined when there is none. */
  of(name: string): string | undefined {
    if (this.#isRepeated) return this.#joined(name)
    // What an object has besides its own members is no text and no list.
    const value = this.#request.headers[name]
    if (typeof value === 'string') return folded(value)
    return Array.isArray(value) ? value.map(folded).join(',') : undefined
  }

  #joined(name: string): string | undefined {
    const { rawHeaders = [] } = this.#request
    let joined: string | undefined
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      if ((rawHeaders[i] as string).toLowerCase() !== name) continue
      const value = folded(rawHeaders[i + 1] as string)
      joined = joined === undefined ? value : `${joined},${value}`
    }
    return joined
  }
}

function countOf(headers: SignedRequest['headers']): number {
  let count = 0
  for (const name in headers) if (headers[name] !== undefined) count += 1
  return count
}

/** Only the blanks of ASCII, which are what clients fold. */
const needsFolding = /^ | $| {2}|[\t\n\v\f\r]/
const blanks = /[\t\n\v\f\r ]+/g

function folded(value: string): string {
  if (!needsFolding.test(value)) return value
  return value.replaceAll(blanks, ' ').replaceAll(/^ | $/g, '')
}

/**
 * `text` with a character for each byte. A text with other characters never was bytes; it has those
 * that it would have been sent as.
 */
export function bytesOf(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return Buffer.from(text, 'utf8').toString('latin1')
  }
  return text
}
