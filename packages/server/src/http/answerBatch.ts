/** Somebody who has an answer to write. */
export interface AnswerWriter {
  writeAnswer(): void
}

/** Answers that are longer together are written at once, in bytes. */
const mostBytes = 256 * 1024

/**
 * The answers of one turn of the event loop, which are written one after the other at its end. A
 * write to a client of the same machine that has nothing to do wakes it, which takes the system
 * longer than to write; when several are written together, only the first has to.
 */
export class AnswerBatch {
  private readonly defer: (work: () => void) => void
  private writers: AnswerWriter[] = []
  private bytes = 0

  /** `defer` puts off what it is given until the requests that have arrived are read. */
  constructor(defer: (work: () => void) => void) {
    this.defer = defer
  }

  /** Has `writer` write `length` bytes soon. */
  add(writer: AnswerWriter, length: number): void {
    this.writers.push(writer)
    this.bytes += length
    if (this.bytes > mostBytes) this.write()
    else if (this.writers.length === 1) this.defer(this.write)
  }

  private readonly write = (): void => {
    const { writers } = this
    this.writers = []
    this.bytes = 0
    for (const writer of writers) writer.writeAnswer()
  }
}
