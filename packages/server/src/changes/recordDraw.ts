import type { SequenceDraw } from '../commits/committer.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { recordKey } from '../layout/changeKeys.ts'
import { hashOfRow } from '../layout/storeKeys.ts'
import type { KeyAttribute, Table, TableStream } from '../schema/table.ts'
import { StorageConflict, type Bytes, type StorageWrite } from '../storage/engine.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { attributeSize } from '../values/size.ts'
import { encodeChange, recordedBytes, type EncodedKey, type ItemChange } from './changeRecord.ts'
import { shardOfHash } from './shards.ts'

/** Where an item is. */
export interface ChangedItem {
  readonly table: Table
  readonly rowKey: Buffer
}

interface Listed {
  readonly item: ChangedItem
  readonly change: ItemChange
}

const keptForm = (image: ItemImage): Bytes => image.stored

/**
 * The records that one commit adds to the stream of one table. They get their numbers, their time
 * and their shard when the commit's turn has come: so numbers follow the order of the commits, and
 * no record goes into a shard that was closed before.
 */
export class RecordDraw implements SequenceDraw {
  readonly kind = 'next'
  readonly key: Bytes
  readonly timeMs: number
  count = 0
  bytes = 0
  readonly #table: Table
  readonly #stream: TableStream
  /** Undefined when records are made as their changes are asked for. */
  #listed: Listed[] | undefined = []
  #next = 0
  #drawnMs = 0

  /** REQUIRES: changes of the table are recorded. */
  constructor(table: Table, stream: TableStream, timeMs: number) {
    this.#table = table
    this.#stream = stream
    this.key = stream.sequenceKey
    this.timeMs = timeMs
  }

  /** The change is to be recorded. */
  add(item: ChangedItem, change: ItemChange): void {
    this.count += 1
    this.bytes += recordedBytes(this.#stream.viewType, change)
    this.#listed?.push({ item, change })
  }

  /** From now on the images are not kept: {@link recordOf} is to be called for each change. */
  postpone(): void {
    this.#listed = undefined
  }

  writes(first: number, timeMs: number): readonly StorageWrite[] {
    this.#next = first
    this.#drawnMs = timeMs
    const listed = this.#listed
    if (listed === undefined) return []
    return listed.map(({ item, change }) => this.recordOf(item, change, keptForm))
  }

  /**
   * The next record. REQUIRES: the numbers have been drawn; changes come in the order in which they
   * were added.
   */
  recordOf(
    { rowKey }: ChangedItem,
    change: ItemChange,
    storedOf: (image: ItemImage) => Bytes,
  ): StorageWrite {
    const { stream } = this.#table
    if (stream?.number !== this.#stream.number) throw new StorageConflict('a stream was changed')
    const { number, viewType, log } = stream
    const shard = shardOfHash(log, hashOfRow(rowKey))
    const image = (change.after ?? change.before) as ItemImage
    const content = { viewType, change, key: this.#encodedKey(image), timeMs: this.#drawnMs }
    const write = {
      key: recordKey(number, shard, this.#next),
      value: encodeChange(content, storedOf),
    }
    this.#next += 1
    return write
  }

  #encodedKey(image: ItemImage): EncodedKey {
    const { partitionKey, sortKey } = this.#table.primaryKey
    const key = encodedAttribute(image, partitionKey)
    if (sortKey === undefined) return { json: `{${key.json}}`, sizeBytes: key.sizeBytes }
    const sort = encodedAttribute(image, sortKey)
    return { json: `{${key.json},${sort.json}}`, sizeBytes: key.sizeBytes + sort.sizeBytes }
  }
}

function encodedAttribute(image: ItemImage, { name }: KeyAttribute): EncodedKey {
  const value = image.attribute(name) as AttributeValue
  const json = `${JSON.stringify(name)}:${JSON.stringify(value)}`
  return { json, sizeBytes: attributeSize(name, value) }
}

/** Whether a write has changed an item, so that its stream is to have a record of it. */
export function isChange({ before, after }: ItemChange): boolean {
  if (before === undefined || after === undefined) return before !== after
  return !before.equals(after)
}
