import { recordRange, sequenceKey, sequenceOfKey } from '../layout/changeKeys.ts'
import type { Entry, MaybePromise, Snapshot, StorageEngine } from '../storage/engine.ts'
import { StoredChange } from './changeRecord.ts'
import {
  nextNumber,
  readShards,
  type PageLimits,
  type Shard,
  type StreamEntry,
} from './streamReader.ts'

/** Records of a stream, one committed state after the other. */
export interface CursorPage {
  readonly entries: readonly StreamEntry[]
  /** The stream has no open shard any more, and everything was read. */
  readonly isOver: boolean
}

/** Records of the stream were removed, because of their age, before they were read. */
export class RecordsTrimmed extends Error {
  override readonly name = 'RecordsTrimmed'
}

/**
 * A reader of all shards of a stream together, in the order of the sequence numbers: that of the
 * commits. Shards share one sequence, so where the cursor is is one number, and shards that close
 * and open are nothing that it has to follow.
 */
export class StreamCursor {
  readonly #engine: StorageEngine
  readonly #stream: number
  /** Everything with smaller numbers has been read; undefined before the oldest record. */
  #position: number | undefined
  /** Shards with smaller numbers have been read to their ends. */
  #firstShard = 0

  constructor(engine: StorageEngine, stream: number, position: number | undefined) {
    this.#engine = engine
    this.#stream = stream
    this.#position = position
  }

  /** The next records. REQUIRES: the last page has been given. Rejects with RecordsTrimmed. */
  async page(limits: PageLimits): Promise<CursorPage> {
    const snapshot = this.#engine.snapshot()
    try {
      const all = await readShards(snapshot, this.#stream)
      const shards = all.filter(({ number }) => number >= this.#firstShard)
      const position = this.#position ?? 0
      if (this.#position !== undefined && isTrimmed(shards, position)) throw new RecordsTrimmed()
      const unread = shards.filter(({ closing }) => (closing?.end ?? position) >= position)
      const { entries, isFull } = await this.#merged(snapshot, { shards: unread, position, limits })
      const last = entries.at(-1)?.sequence ?? position - 1
      this.#position = last + 1
      if (!isFull) {
        const next = nextNumber(await snapshot.get(sequenceKey(this.#stream)))
        this.#position = Math.max(this.#position, next)
      }
      this.#firstShard = unread[0]?.number ?? this.#firstShard
      const isOver = !isFull && unread.every(({ closing }) => closing !== undefined)
      return { entries, isOver }
    } finally {
      snapshot.close()
    }
  }

  /** The records of several shards from a position on, by their numbers. */
  async #merged(
    snapshot: Snapshot,
    {
      shards,
      position,
      limits,
    }: { readonly shards: readonly Shard[]; position: number; limits: PageLimits },
  ): Promise<{ readonly entries: readonly StreamEntry[]; readonly isFull: boolean }> {
    const sources: Source[] = []
    for (const { number } of shards) {
      const range = snapshot.range(recordRange(this.#stream, number, position))
      const iterator =
        Symbol.iterator in range ? range[Symbol.iterator]() : range[Symbol.asyncIterator]()
      sources.push({ iterator, head: await headOf(iterator) })
    }
    const entries: StreamEntry[] = []
    let bytes = 0
    try {
      for (;;) {
        const source = leastOf(sources)
        if (source?.head === undefined) return { entries, isFull: false }
        const change = new StoredChange(source.head.value)
        bytes += change.sizeBytes
        const isFull = entries.length > 0 && bytes > limits.bytes
        if (isFull || entries.length === limits.records) return { entries, isFull: true }
        entries.push({ sequence: source.head.sequence, change })
        source.head = await headOf(source.iterator)
      }
    } finally {
      for (const { iterator } of sources) await iterator.return?.()
    }
  }
}

/**
 * Whether there may have been records behind the position that are not there any more. A shard that
 * was trimmed had one before the place where it begins now. Of shards that are gone as a whole
 * nothing is left but their numbers: one was taken by their end.
 */
function isTrimmed(shards: readonly Shard[], position: number): boolean {
  if (shards.some(({ from, start }) => from > start && from > position)) return true
  const first = Math.min(...shards.map(({ start }) => start))
  return shards.length > 0 && first > position + 1
}

type EntryIterator = Pick<Iterator<Entry> | AsyncIterator<Entry>, 'return'> & {
  next(): MaybePromise<IteratorResult<Entry, unknown>>
}

interface Head {
  readonly sequence: number
  readonly value: Entry['value']
}

/** The records of one shard. */
interface Source {
  readonly iterator: EntryIterator
  head: Head | undefined
}

async function headOf(iterator: EntryIterator): Promise<Head | undefined> {
  const result = await iterator.next()
  if (result.done === true) return undefined
  const { key, value } = result.value
  return { sequence: sequenceOfKey(key), value }
}

function leastOf(sources: readonly Source[]): Source | undefined {
  let least: Source | undefined
  for (const source of sources) {
    if (source.head === undefined) continue
    if (least?.head === undefined || source.head.sequence < least.head.sequence) least = source
  }
  return least
}
