/** How an answer fails to arrive: not at all, or not to its end. */
export type Breakage = 'reset' | 'cut'

/**
 * What an operation rejects with whose answer is not to arrive: its connection is reset, or ends in
 * the midst of `body`. Without a body nothing was done.
 */
export class BrokenAnswer extends Error {
  readonly breakage: Breakage
  readonly body: Uint8Array | undefined

  constructor(breakage: Breakage, body?: Uint8Array) {
    super(`the answer is broken: ${breakage}`)
    this.name = 'BrokenAnswer'
    this.breakage = breakage
    this.body = body
  }
}
