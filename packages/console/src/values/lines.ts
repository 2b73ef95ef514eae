import { JsonFault } from './exactJson.ts'

/** A line of a text, without its end. */
export interface TextLine {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** No line with an item is longer than this, in characters: an item has at most 400 KB. */
const longest = 8 * 2 ** 20

/** Reads lines from pieces of a text. */
export class LineReader {
  private rest = ''
  private line = 1

  /** The lines that `piece` completes. Throws JsonFault for one that no item can fill. */
  push(piece: string): readonly TextLine[] {
    const lines = (this.rest + piece).split('\n')
    this.rest = lines.pop() ?? ''
    const found = lines.map((text) => this.numbered(text))
    if (this.rest.length <= longest) return found
    throw new JsonFault(
      `Line ${this.line} is longer than any item: the file has no lines of items.`,
    )
  }

  /** What is left when there is no more text. */
  end(): readonly TextLine[] {
    return this.rest === '' ? [] : [this.numbered(this.rest)]
  }

  private numbered(text: string): TextLine {
    const first = this.line === 1 ? text.replace(/^\uFEFF/, '') : text
    const found = { line: this.line, text: first.replace(/\r$/, '') }
    this.line += 1
    return found
  }
}
