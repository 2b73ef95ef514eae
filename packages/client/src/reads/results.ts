/** A result and where it was. */
export interface Row<T> {
  readonly value: T
  /** The cursor that goes on behind this result. */
  readonly cursor: () => string
}

/** What one request read. */
export interface PageRead<T> {
  readonly rows: readonly Row<T>[]
  /** The cursor that goes on behind the page; `undefined` behind the last one. */
  readonly cursor: string | undefined
}

/** Reads page after page behind `after`, of at most `limit` items if that is given. */
export type PageReader<T> = (
  after: string | undefined,
  limit: number | undefined,
) => AsyncIterable<PageRead<T>>

/** Some results and how to go on behind them. */
export interface Page<T> {
  readonly items: readonly T[]
  /** The cursor that goes on behind these; `undefined` when there is nothing more. */
  readonly cursor: string | undefined
}

/**
 * The results of a query or a scan, read as they are asked for. Nothing is sent before; each loop
 * begins anew at the place where the results begin.
 */
export class Results<T> implements AsyncIterable<T> {
  readonly #read: PageReader<T>
  readonly #after: string | undefined
  #cursor: (() => string) | undefined

  constructor(read: PageReader<T>, after: string | undefined) {
    this.#read = read
    this.#after = after
  }

  /**
   * The place behind the result that a loop was given last. A text: kept anywhere, it goes on in
   * any process, as `after` of the same query. `undefined` before the first result.
   */
  get cursor(): string | undefined {
    return this.#cursor?.() ?? this.#after
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T, void, undefined> {
    for await (const { rows, cursor } of this.#read(this.#after, undefined)) {
      for (const row of rows) {
        this.#cursor = row.cursor
        yield row.value
      }
      // What a filter left out need not be read again.
      if (cursor !== undefined) this.#cursor = () => cursor
    }
  }

  /** The results by the pages in which DynamoDB gives them; a page may be empty. */
  async *pages(): AsyncIterable<Page<T>> {
    for await (const { rows, cursor } of this.#read(this.#after, undefined)) {
      if (cursor !== undefined) this.#cursor = () => cursor
      yield { items: rows.map(({ value }) => value), cursor }
    }
  }

  /** The next `count` results, fewer only where there are no more. */
  async take(count: number): Promise<Page<T>> {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`count is to be a positive integer, not ${count}.`)
    }
    const items: T[] = []
    for await (const { rows, cursor } of this.#read(this.#after, count)) {
      const wanted = rows.slice(0, count - items.length)
      items.push(...wanted.map(({ value }) => value))
      if (items.length < count) continue
      const isWhole = wanted.length === rows.length
      return { items, cursor: isWhole ? cursor : wanted.at(-1)?.cursor() }
    }
    return { items, cursor: undefined }
  }

  /** All results. */
  async all(): Promise<T[]> {
    const items: T[] = []
    for await (const item of this) items.push(item)
    return items
  }
}
