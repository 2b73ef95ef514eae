import type { LoopTurns } from '../../clock.ts'
import { asBuffer, type Bytes, type Entry, type KeyRange, type StorageWrite } from '../engine.ts'
import { entriesOf, lookUp, OrderedMap, OrderedWalk, type TreeNode } from '../orderedMap.ts'
import type { JournalRecord } from './journalRecord.ts'
import { RecordArena, type RoomFor } from './recordArena.ts'
import { CommitEncoding } from './recordEncoding.ts'

/** A value that is newer than the store's: null for a deleted key. */
type Newer = Bytes | null

const textOf = (key: Bytes): string => asBuffer(key).toString('latin1')
const keyOf = (text: string): Bytes => Buffer.from(text, 'latin1')
/** Behind all keys: they have no characters beyond U+00FF. */
const afterAllTexts = '\u0100'

/** A state that never changes: keys, and where in `arena` the writes of their values are. */
export interface Layer {
  readonly root: TreeNode<number>
  readonly arena: RecordArena
}

/** The newest first. */
export type Layers = readonly Layer[]

/**
 * What was committed and is not in the store yet, in two layers: the newer takes commits, the older
 * is on its way into the store.
 */
export class Overlay {
  #newer = new OrderedMap<number>()
  #newerIsEmpty = true
  #arena = new RecordArena()
  #older: Layer | undefined

  /** Where the records of the newer layer are. */
  get arena(): RecordArena {
    return this.#arena
  }

  /** The value of a key; null when it is deleted, undefined when the store knows. */
  get(key: Bytes): Newer | undefined {
    if (this.isEmpty) return undefined
    const text = textOf(key)
    const position = this.#newerIsEmpty ? undefined : this.#newer.get(text)
    if (position !== undefined) return this.#arena.valueAt(position)
    return this.#older === undefined ? undefined : valueIn(this.#older, text)
  }

  /** Bytes of the value of a key; null when it is deleted, undefined when the store knows. */
  lengthOf(key: Bytes): number | null | undefined {
    if (this.isEmpty) return undefined
    const text = textOf(key)
    const position = this.#newerIsEmpty ? undefined : this.#newer.get(text)
    if (position !== undefined) return this.#arena.lengthAt(position)
    if (this.#older === undefined) return undefined
    const older = lookUp(this.#older.root, text)
    return older === undefined ? undefined : this.#older.arena.lengthAt(older)
  }

  /** Shows writes of `keys`, whose values are in {@link arena} at `positions`. */
  show(keys: readonly Bytes[], positions: readonly number[]): void {
    for (let i = 0; i < keys.length; i++) {
      this.#newer.set(textOf(keys[i] as Bytes), positions[i] as number)
    }
    this.#newerIsEmpty &&= keys.length === 0
  }

  /**
   * As {@link show}, with turns of others in between, who see all of it or nothing. REQUIRES: until
   * it resolves nothing else is shown, and the layer stays the newer one.
   */
  async showInTurns(
    keys: readonly Bytes[],
    positions: readonly number[],
    turns: LoopTurns,
  ): Promise<void> {
    const map = this.#newer.fork()
    for (let i = 0; i < keys.length; i++) {
      const turn = turns.next()
      if (turn !== undefined) await turn
      map.set(textOf(keys[i] as Bytes), positions[i] as number)
    }
    this.#newer = map
    this.#newerIsEmpty &&= keys.length === 0
  }

  /** Shows commits that are in a journal. */
  showAll(records: readonly JournalRecord[]): void {
    let commit = new CommitEncoding()
    for (const { sequence, writes, isContinued } of records) {
      const positions: number[] = []
      this.#arena.encode(commit, writes, { sequence, isContinued, isFiled: false }, positions)
      this.#arena.keep()
      this.show(writes.map(keyOfWrite), positions)
      if (!isContinued) commit = new CommitEncoding()
    }
  }

  /** What there is now. The arenas are somebody else's too until {@link letGo}. */
  freeze(): Layers {
    const layers: Layer[] = []
    if (!this.#newerIsEmpty) layers.push({ root: this.#newer.freeze(), arena: this.#arena })
    if (this.#older !== undefined) layers.push(this.#older)
    for (const { arena } of layers) arena.acquire()
    return layers
  }

  /** The opposite of {@link freeze}. */
  static letGo(layers: Layers): void {
    for (const { arena } of layers) arena.release()
  }

  get isEmpty(): boolean {
    return this.#newerIsEmpty && this.#older === undefined
  }

  /** What is on its way into the store. */
  get older(): Layer | undefined {
    return this.#older
  }

  /** Commits go to a new layer from here on. REQUIRES: there is no older layer. */
  turn(): void {
    this.#older = { root: this.#newer.freeze(), arena: this.#arena }
    this.#newer = new OrderedMap()
    this.#newerIsEmpty = true
    this.#arena = new RecordArena()
  }

  /** The older layer is in the store. */
  dropOlder(): void {
    this.#older?.arena.release()
    this.#older = undefined
  }

  /** Nobody reads here any more. */
  close(): void {
    this.dropOlder()
    this.#arena.release()
  }
}

export const keyOfWrite = ({ key }: StorageWrite): Bytes => key

function valueIn({ root, arena }: Layer, text: string): Newer | undefined {
  const position = lookUp(root, text)
  return position === undefined ? undefined : arena.valueAt(position)
}

export function getFrom(layers: Layers, key: Bytes): Newer | undefined {
  if (layers.length === 0) return undefined
  const text = textOf(key)
  for (const layer of layers) {
    const value = valueIn(layer, text)
    if (value !== undefined) return value
  }
  return undefined
}

/**
 * The writes of a layer in the order of their keys, from `start` on. `roomFor` gives the memory for
 * values that are read from a file.
 */
export function* writesOf(
  { root, arena }: Layer,
  start: Bytes,
  roomFor: RoomFor,
): Generator<StorageWrite, void> {
  const bounds = { start: textOf(start), end: afterAllTexts, isReverse: false }
  const walk = new OrderedWalk(root, bounds)
  while (walk.step()) {
    const value = arena.valueAt(walk.value as number, roomFor) ?? undefined
    yield { key: keyOf(walk.key), value }
  }
}

type Versions = Iterator<[string, Newer], void>

/**
 * The entries of `range` in layers and store; a layer's value hides the older ones. Costs nothing
 * where the layers have nothing in the range.
 */
export function rangeOf(layers: Layers, range: KeyRange, stored: Iterable<Entry>): Iterable<Entry> {
  const isReverse = range.reverse === true
  const bounds = { start: textOf(range.start), end: textOf(range.end), isReverse }
  const touched = layers.filter(({ root }) => new OrderedWalk(root, bounds).step())
  if (touched.length === 0) return stored
  const versions = touched.map(({ root, arena }) => newerVersions(entriesOf(root, bounds), arena))
  return mergedEntries(versions, stored, range.reverse === true)
}

function* mergedEntries(
  layers: readonly Versions[],
  stored: Iterable<Entry>,
  reverse: boolean,
): Generator<Entry, void> {
  let newest: Versions = versionsOf(stored)
  for (const layer of layers.toReversed()) newest = merge(layer, newest, reverse)
  try {
    for (let next = newest.next(); next.done !== true; next = newest.next()) {
      const [key, value] = next.value
      if (value !== null) yield { key: keyOf(key), value }
    }
  } finally {
    // What was not read to its end still holds a cursor of the store.
    newest.return?.()
  }
}

function* newerVersions(
  positions: Iterable<[string, number]>,
  arena: RecordArena,
): Generator<[string, Newer], void> {
  for (const [text, position] of positions) yield [text, arena.valueAt(position)]
}

function* versionsOf(stored: Iterable<Entry>): Generator<[string, Newer], void> {
  for (const { key, value } of stored) yield [textOf(key), value]
}

/** Both in key order; of two versions of one key the newer alone. */
function* merge(
  newer: Versions,
  older: Versions,
  reverse: boolean,
): Generator<[string, Newer], void> {
  try {
    let a = newer.next()
    let b = older.next()
    while (a.done !== true || b.done !== true) {
      const order = a.done === true ? 1 : b.done === true ? -1 : compare(a.value[0], b.value[0])
      const newerFirst = a.done === true || b.done === true || !reverse ? order <= 0 : order >= 0
      if (newerFirst && a.done !== true) {
        if (order === 0) b = older.next()
        yield a.value
        a = newer.next()
      } else if (b.done !== true) {
        yield b.value
        b = older.next()
      }
    }
  } finally {
    older.return?.()
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
