/** A place in a file; both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A file of identities that is not taken. `message` is one clear sentence. */
export class IdentitiesFault extends Error {
  override readonly name = 'IdentitiesFault'
  /** Both from 1. */
  readonly line: number
  readonly column: number

  constructor(message: string, { line, column }: Position) {
    super(message)
    this.line = line
    this.column = column
  }

  /** `FILE:LINE:COLUMN: sentence`, as editors understand it. */
  in(fileName: string): string {
    return `${fileName}:${this.line}:${this.column}: ${this.message}`
  }
}
