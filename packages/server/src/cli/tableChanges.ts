import { LoopTurns, type Clock } from '../clock.ts'
import { onAbort, type AbortSignalLike } from './requestQueue.ts'
import type { ChangeRecord } from './streamRecord.ts'

export interface ChangesOptions {
  /**
   * Begin with the next change, 'now', or with the oldest record that the stream still has,
   * 'start'. 'now' when absent.
   */
  readonly from?: 'now' | 'start'
  /** Ends the iteration, as `return()` does. */
  readonly signal?: AbortSignalLike
}

/** The changes of a table; each is given once, to who asks for it first. */
export interface Changes extends AsyncIterable<ChangeRecord> {
  /** The next change, when there is one; done when the iteration has ended. */
  next(): Promise<IteratorResult<ChangeRecord, undefined>>
  /** Ends the iteration. Whoever waits for a change is told that there is none. */
  return(): Promise<IteratorResult<ChangeRecord, undefined>>
  [Symbol.asyncIterator](): Changes
}

/** Where the records of a stream come from. */
export interface ChangeSource {
  /** The records behind those that were given; none when there are none yet. */
  page(): Promise<{ readonly records: readonly ChangeRecord[]; readonly isOver: boolean }>
  /** Calls `listener` at each commit after which there may be others, until it is told not to. */
  onChange(listener: () => void): () => void
}

/** Throws TypeError for an option that does not exist, RangeError for a value that cannot be. */
export function checkChangesOptions(options: ChangesOptions): void {
  const unknown = Object.keys(options).find((name) => name !== 'from' && name !== 'signal')
  if (unknown !== undefined) throw new TypeError(`changes has no option "${unknown}".`)
  const { from = 'now' } = options
  if (from === 'now' || from === 'start') return
  throw new RangeError(`${String(from)} is not a value of from: it takes now, start.`)
}

/**
 * One iteration over the changes of a table. It is woken by commits, not by time. INVARIANT:
 * nothing is read and nobody is listened to but while somebody waits for a change.
 */
export class TableChanges implements Changes {
  readonly #records: AsyncGenerator<ChangeRecord, undefined>
  readonly #turns: LoopTurns
  readonly #whenEnded: (changes: TableChanges) => void
  #isEnded = false
  #hasNews = false
  #wake: (() => void) | undefined
  #reading: Promise<unknown> | undefined

  /** `whenEnded` is told once that nothing will be read any more. */
  constructor(
    source: Promise<ChangeSource>,
    clock: Clock,
    { signal }: ChangesOptions,
    whenEnded: (changes: TableChanges) => void,
  ) {
    this.#turns = new LoopTurns(clock)
    this.#whenEnded = whenEnded
    // Whoever asks for a change is told of its failure.
    this.#reading = source.catch(() => undefined)
    this.#records = this.#read(source)
    if (signal?.aborted === true) this.#end()
    else onAbort(signal, () => this.#end())
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  next(): Promise<IteratorResult<ChangeRecord, undefined>> {
    return this.#records.next()
  }

  return(): Promise<IteratorResult<ChangeRecord, undefined>> {
    this.#end()
    return this.#records.return(undefined)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** {@link return}; resolves when nothing is being read any more. */
  async close(): Promise<void> {
    this.#end()
    await this.#reading
  }

  #end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#wake?.()
    this.#whenEnded(this)
  }

  async *#read(opening: Promise<ChangeSource>): AsyncGenerator<ChangeRecord, undefined> {
    try {
      const source = await opening
      while (!this.#isEnded) {
        const { records, isOver } = await this.#nextPage(source)
        for (const record of records) {
          if (this.#isEnded) return undefined
          yield record
        }
        if (isOver) return undefined
        await this.#turns.next()
      }
      return undefined
    } finally {
      this.#end()
    }
  }

  /** The next records; none when a commit has brought some, or the iteration has ended. */
  async #nextPage(source: ChangeSource): ReturnType<ChangeSource['page']> {
    this.#hasNews = false
    const forget = source.onChange(() => {
      this.#hasNews = true
      this.#wake?.()
    })
    try {
      const reading = source.page()
      this.#reading = reading.catch(() => undefined)
      const page = await reading
      if (page.records.length === 0 && !page.isOver) await this.#news()
      return page
    } finally {
      forget()
    }
  }

  async #news(): Promise<void> {
    if (this.#hasNews || this.#isEnded) return
    await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
  }
}
