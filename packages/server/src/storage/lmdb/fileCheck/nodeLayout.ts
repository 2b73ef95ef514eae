import { Damage } from './damage.ts'
import { pageBytes, type Window } from './pageFile.ts'
import { headerBytes } from './pageHeader.ts'

const headerWords = headerBytes / 2
/** What a page has behind its header: offsets of nodes from the front, nodes from the back. */
const areaBytes = pageBytes - headerBytes

/**
 * The head of each node, followed by its key and, in a leaf, its data:
 *
 *     0 leaf: length of the data, 32 bits; branch: the lower 32 bits of the child's number
 *     4 leaf: flags, 16 bits; branch: the upper 16 bits of the child's number
 *     6 length of the key, 16 bits
 */
const nodeHeadBytes = 8

/**
 * In place of its data a leaf's node with this flag has the first page of an overflow run, the
 * transaction that wrote it and its number of pages, 64 bits each.
 */
const bigValueFlag = 1
const bigValueBytes = 24

/** A key within a page. */
export interface KeyPlace {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

export function keyOf(window: Window, node: number): KeyPlace {
  const start = node * 2 + nodeHeadBytes
  return { bytes: window.bytes, start, end: start + (window.words[node + 3] as number) }
}

/** The page that a node of a branch refers to. */
export function childOf({ words }: Window, node: number): number {
  const low = (words[node] as number) + (words[node + 1] as number) * 0x1_0000
  return low + (words[node + 2] as number) * 0x1_0000_0000
}

/** How long the data of a leaf's node is. It follows the key, or {@link hasBigValue}. */
export function dataBytesOf({ words }: Window, node: number): number {
  return (words[node] as number) + (words[node + 1] as number) * 0x1_0000
}

export function hasBigValue({ words }: Window, node: number): boolean {
  return words[node + 2] === bigValueFlag
}

/** The words where the nodes of a page begin, in the order of its offsets. */
export class NodeLayout {
  /** Length of the node that begins at a word of the area, while a page is checked. */
  readonly #lengths = new Uint16Array(areaBytes / 2)
  /** Only the first `count` are of the page that was read last. */
  readonly nodes: Uint32Array = new Uint32Array(areaBytes / 2)
  count = 0

  /**
   * Finds the nodes of the branch or leaf page at byte `base` of the window. The nodes must fill
   * the end of the page without gap and overlap, as LMDB keeps them.
   */
  read(window: Window, base: number, kind: 'branch' | 'leaf'): void {
    const { words } = window
    const areaWord = (base >> 1) + headerWords
    const lower = words[areaWord - 2] as number
    const upper = words[areaWord - 1] as number
    if (lower === 0 || lower & 1 || upper & 1 || lower > upper || upper >= areaBytes) {
      throw new Damage(`its ${kind} page ${window.number(base >> 1)} is torn`)
    }
    this.count = lower >> 1
    for (let i = 0; i < this.count; i++) {
      const offset = words[areaWord + i] as number
      const node = areaWord + (offset >> 1)
      const length = offset > areaBytes - nodeHeadBytes ? Infinity : lengthOf(words, node, kind)
      if (offset & 1 || offset < upper || length > areaBytes - offset) {
        throw new Damage(`its ${kind} page ${window.number(base >> 1)} is torn`)
      }
      this.#lengths[offset >> 1] = length
      this.nodes[i] = node
    }
    this.#requireSeamless(upper, window.number(base >> 1))
  }

  #requireSeamless(upper: number, page: number): void {
    let found = 0
    for (let offset = upper; offset < areaBytes; found++) {
      const length = this.#lengths[offset >> 1] as number
      if (length === 0) break
      this.#lengths[offset >> 1] = 0
      offset += length
      if (offset === areaBytes && found + 1 === this.count) return
    }
    throw new Damage(`the nodes of its page ${page} overlap`)
  }
}

/** The even number of bytes that a node takes. */
function lengthOf(words: Uint16Array, node: number, kind: 'branch' | 'leaf'): number {
  const bare = nodeHeadBytes + (words[node + 3] as number)
  if (kind === 'branch') return (bare + 1) & ~1
  const flags = words[node + 2] as number
  if (flags === bigValueFlag) return (bare + bigValueBytes + 1) & ~1
  if (flags !== 0 || words[node + 1] !== 0) return Infinity
  return (bare + (words[node] as number) + 1) & ~1
}
