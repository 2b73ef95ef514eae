import { Damage, demand } from './damage.ts'
import type { TreeRecord } from './metaPages.ts'
import {
  childOf,
  dataBytesOf,
  hasBigValue,
  keyOf,
  NodeLayout,
  type KeyPlace,
} from './nodeLayout.ts'
import { pageBytes, type PageFile, type PageRun, type Window } from './pageFile.ts'
import { headerBytes, readHeader, requirePage } from './pageHeader.ts'
import type { PageLedger } from './pageLedger.ts'

/** What a tree holds. */
export interface EntryCheck {
  /** Negative when `a` is before `b`, 0 when they are the same key. */
  compare(a: KeyPlace, b: KeyPlace): number
  isKey(key: KeyPlace): boolean
  /** Whether an entry is sound whose `dataBytes` bytes follow its key. */
  isSound(window: Window, key: KeyPlace, dataBytes: number): boolean
  /** What {@link isSoundBig} has to know of the key. */
  digestOf(key: KeyPlace): number
  /** Whether an entry is sound whose data begins at byte `start` of the window. */
  isSoundBig(window: Window, value: BigValue, start: number): boolean
}

/** Data that lies in pages of its own. */
export interface BigValue extends PageRun {
  readonly runPages: number
  readonly dataBytes: number
  readonly keyDigest: number
  readonly transactionId: number
}

/** A leaf, and what its parents say of it. */
interface Leaf extends PageRun {
  /** Of its parent. */
  readonly transactionId: number
  /** Its keys are not before `low` and before `high`, where these are given. */
  readonly low: KeyPlace | undefined
  readonly high: KeyPlace | undefined
}

/** How many leaves are read in one sweep through the file: half a gigabyte of them. */
const leavesAtOnce = 65_536
/** How many branch pages may be kept in memory until their leaves are read, for the bounds. */
const branchesAtOnce = 4096
/** How many big values are read in one sweep, and after how many leaves these are counted. */
const bigValuesAtOnce = 65_536
const leavesBetween = 2048

const words = {
  branchPages: 'branch pages',
  leafPages: 'leaf pages',
  overflowPages: 'overflow pages',
  entries: 'entries',
} as const

const before = (a: PageRun, b: PageRun): number => a.page - b.page

/**
 * Proves a tree whole: every page is where it belongs, of the right kind, not newer than its parent
 * and used once; its keys are in order and within the bounds that its parents give; all leaves have
 * the same depth; every entry is sound; and there is as much of everything as the meta page counts.
 * Branch pages are read in the order of the tree, leaves and overflow runs in that of the file,
 * some thousand at a time.
 */
export class TreeCheck {
  readonly #file: PageFile
  readonly #ledger: PageLedger
  readonly #entries: EntryCheck
  readonly #layout = new NodeLayout()
  readonly #counted = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 }
  #leaves: Leaf[] = []
  #bigValues: BigValue[] = []
  #keptBranches = 0

  constructor(file: PageFile, ledger: PageLedger, entries: EntryCheck) {
    this.#file = file
    this.#ledger = ledger
    this.#entries = entries
  }

  /** Throws Damage. `transactionId` is that of the state. */
  async run(tree: TreeRecord, transactionId: number): Promise<void> {
    const { root, depth } = tree
    if (root !== undefined) {
      const whole: Leaf = {
        page: root,
        pageCount: 1,
        transactionId,
        low: undefined,
        high: undefined,
      }
      await this.#descend(whole, depth)
      await this.#readLeaves()
      await this.#readBigValues()
    }
    for (const name of ['branchPages', 'leafPages', 'overflowPages', 'entries'] as const) {
      const [found, noted] = [this.#counted[name], tree[name]]
      demand(found === noted, `it has ${found} ${words[name]} where ${noted} are noted`)
    }
  }

  async #descend(place: Leaf, depth: number): Promise<void> {
    this.#ledger.take(place.page, 1)
    if (depth > 1) {
      for (const child of await this.#childrenOf(place)) await this.#descend(child, depth - 1)
      return
    }
    this.#leaves.push(place)
    if (this.#leaves.length >= leavesAtOnce || this.#keptBranches >= branchesAtOnce) {
      await this.#readLeaves()
    }
  }

  async #childrenOf({ page, transactionId, low, high }: Leaf): Promise<Leaf[]> {
    const window = await this.#file.read({ page, pageCount: 1 })
    const header = readHeader(window, 0, page)
    requirePage(header, page, { kind: 'branch', transactionId })
    this.#counted.branchPages += 1
    this.#keptBranches += 1
    const layout = this.#layout
    layout.read(window, 0, 'branch')
    const nodes = layout.nodes.slice(0, layout.count)
    const lows = Array.from(nodes, (node, i) => (i === 0 ? low : keyOf(window, node)))
    return Array.from(nodes, (node, i) => ({
      page: childOf(window, node),
      pageCount: 1,
      transactionId: header.transactionId,
      low: lows[i],
      high: i + 1 < lows.length ? lows[i + 1] : high,
    }))
  }

  async #readLeaves(): Promise<void> {
    const leaves = this.#leaves.sort(before)
    this.#leaves = []
    this.#keptBranches = 0
    for (let i = 0; i < leaves.length; i += leavesBetween) {
      const some = leaves.slice(i, i + leavesBetween)
      await this.#file.readInOrder(some, (leaf, window, base) => {
        this.#checkLeaf(leaf, window, base)
      })
      if (this.#bigValues.length >= bigValuesAtOnce) await this.#readBigValues()
    }
    this.#counted.leafPages += leaves.length
  }

  #checkLeaf({ page, transactionId, low, high }: Leaf, window: Window, base: number): void {
    const header = readHeader(window, base, page)
    requirePage(header, page, { kind: 'leaf', transactionId })
    const layout = this.#layout
    layout.read(window, base, 'leaf')
    let previous = low
    for (let i = 0; i < layout.count; i++) {
      const node = layout.nodes[i] as number
      const key = keyOf(window, node)
      if (previous !== undefined) {
        const order = this.#entries.compare(previous, key)
        if (order > 0 || (order === 0 && i > 0)) throw outOfOrder(page)
      }
      previous = key
      if (!this.#isSound(window, node, header.transactionId)) {
        throw new Damage(`an entry in page ${page} does not match its checksum`)
      }
    }
    if (high !== undefined && previous !== undefined) {
      if (this.#entries.compare(previous, high) >= 0) throw outOfOrder(page)
    }
    this.#counted.entries += layout.count
  }

  /** Of an entry with a big value nothing is known yet; the value is noted. */
  #isSound(window: Window, node: number, transactionId: number): boolean {
    const key = keyOf(window, node)
    if (!this.#entries.isKey(key)) return false
    if (hasBigValue(window, node)) {
      const value = bigValueOf(window, node, this.#entries.digestOf(key))
      this.#ledger.take(value.page, value.runPages)
      if (value.pageCount > value.runPages || value.transactionId > transactionId) {
        throw new Damage(`page ${value.page} is not the begin of its value`)
      }
      this.#counted.overflowPages += value.runPages
      this.#bigValues.push(value)
      return true
    }
    return this.#entries.isSound(window, key, dataBytesOf(window, node))
  }

  async #readBigValues(): Promise<void> {
    const values = this.#bigValues.sort(before)
    this.#bigValues = []
    await this.#file.readInOrder(values, (value, window, base) => {
      const { page, runPages, transactionId } = value
      const header = readHeader(window, base, page)
      requirePage(header, page, { kind: 'overflow', transactionId })
      const isWhole = window.bytes.readUInt32LE(base + 20) === runPages
      if (!isWhole || header.transactionId !== transactionId) {
        throw new Damage(`page ${page} is not the begin of its value`)
      }
      if (this.#entries.isSoundBig(window, value, base + headerBytes)) return
      throw new Damage(`the value in page ${page} does not match its checksum`)
    })
  }
}

/**
 * The big value of a node. Of its run only what the value needs is read: a value that one commit
 * writes twice may have become shorter.
 */
function bigValueOf(window: Window, node: number, keyDigest: number): BigValue {
  const { bytes } = window
  const { end } = keyOf(window, node)
  const numberAt = (at: number): number =>
    bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000
  const dataBytes = dataBytesOf(window, node)
  return {
    page: numberAt(end),
    transactionId: numberAt(end + 8),
    runPages: numberAt(end + 16),
    pageCount: Math.ceil((headerBytes + dataBytes) / pageBytes),
    dataBytes,
    keyDigest,
  }
}

function outOfOrder(page: number): Damage {
  return new Damage(`the keys in page ${page} are not in order`)
}
