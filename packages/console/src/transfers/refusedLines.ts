import type { RefusedLine } from './importItems.ts'

/** Refused lines that are shown; all of them are in the file. */
const mostShown = 200
/** Characters of each that are shown. */
const mostCharacters = 300
const pieceLength = 2 ** 20

/** The refused lines of an import: the first ones to be shown, and a file of all. */
export class RefusedLines {
  readonly shown: RefusedLine[] = []
  private readonly pieces: Blob[] = []
  private lines = ''

  readonly add = (refused: RefusedLine): void => {
    const { line, reason, text } = refused
    if (this.shown.length < mostShown) {
      this.shown.push({ line, reason, text: text.slice(0, mostCharacters) })
    }
    this.lines += `${JSON.stringify({ line, reason, text })}\n`
    if (this.lines.length >= pieceLength) this.cut()
  }

  /** JSON Lines, each with the line as it was and why it was refused. */
  file(): Blob {
    this.cut()
    return new Blob(this.pieces, { type: 'application/x-ndjson' })
  }

  private cut(): void {
    if (this.lines !== '') this.pieces.push(new Blob([this.lines]))
    this.lines = ''
  }
}
