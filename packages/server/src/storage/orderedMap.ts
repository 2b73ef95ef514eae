/**
 * A persistent B+ tree from strings to values, ordered by UTF-16 code unit (so Latin-1 strings
 * order as their bytes do). A snapshot is the root of a moment: nodes carry the edition they were
 * made in, and a write copies only nodes of earlier editions. Without snapshots no node is ever
 * copied.
 */
const maxEntries = 64

interface Leaf<V> {
  readonly edition: number
  readonly keys: string[]
  readonly values: V[]
}

interface Branch<V> {
  readonly edition: number
  /** keys[i] is a lower bound of children[i]; keys[0] is not consulted. */
  readonly keys: string[]
  readonly children: TreeNode<V>[]
}

export type TreeNode<V> = Leaf<V> | Branch<V>

const isLeaf = <V>(node: TreeNode<V>): node is Leaf<V> => 'values' in node

/** The first position in `keys` whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The position of the child that may hold `key`. */
function childPosition(keys: readonly string[], key: string): number {
  let low = 1
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

export function lookUp<V>(root: TreeNode<V>, key: string): V | undefined {
  let node = root
  while (!isLeaf(node)) node = node.children[childPosition(node.keys, key)] as TreeNode<V>
  const position = lowerBound(node.keys, key)
  return node.keys[position] === key ? node.values[position] : undefined
}

/** What a walk steps through: the bounds, start <= key < end, and whether it goes downwards. */
export interface WalkBounds {
  readonly start: string
  readonly end: string
  readonly isReverse: boolean
}

/** Where a walk is in a node. */
interface Step<V> {
  readonly node: TreeNode<V>
  position: number
}

/** Steps through the entries of one state of a map, in order or the other way round. */
export class OrderedWalk<V> {
  /** The entry that the last step came to. REQUIRES: it came to one. */
  key = ''
  value: V | undefined = undefined
  readonly #bounds: WalkBounds
  /** From the root to the leaf. */
  readonly #path: Step<V>[] = []

  constructor(root: TreeNode<V>, bounds: WalkBounds) {
    this.#bounds = bounds
    this.#descendInto(root)
  }

  /** Goes to the next entry. Gives whether there is one. */
  step(): boolean {
    const { start, end, isReverse } = this.#bounds
    for (;;) {
      const last = this.#path.at(-1)
      if (last === undefined) return false
      const { node, position } = last
      if (position < 0 || position >= node.keys.length) {
        this.#path.pop()
        continue
      }
      last.position += isReverse ? -1 : 1
      if (!isLeaf(node)) {
        this.#descendInto(node.children[position] as TreeNode<V>)
        continue
      }
      const key = node.keys[position] as string
      if (isReverse ? key < start : key >= end) {
        this.#path.length = 0
        return false
      }
      this.key = key
      this.value = node.values[position] as V
      return true
    }
  }

  #descendInto(root: TreeNode<V>): void {
    const { start, end, isReverse } = this.#bounds
    const bound = isReverse ? end : start
    let node = root
    while (!isLeaf(node)) {
      const position = childPosition(node.keys, bound)
      this.#path.push({ node, position: isReverse ? position - 1 : position + 1 })
      node = node.children[position] as TreeNode<V>
    }
    const position = lowerBound(node.keys, bound)
    this.#path.push({ node, position: isReverse ? position - 1 : position })
  }
}

/** The entries of a walk. */
export function* entriesOf<V>(root: TreeNode<V>, bounds: WalkBounds): Generator<[string, V], void> {
  const walk = new OrderedWalk(root, bounds)
  while (walk.step()) yield [walk.key, walk.value as V]
}

/** No two states of any map have the same. */
let lastEdition = 0

/** The map itself: the current root, and the edition that may be changed in place. */
export class OrderedMap<V> {
  #edition = ++lastEdition
  #root: TreeNode<V>

  /** A map of the entries of a state that was frozen, or of none. */
  constructor(state?: TreeNode<V>) {
    this.#root = state ?? { edition: this.#edition, keys: [], values: [] }
  }

  get(key: string): V | undefined {
    return lookUp(this.#root, key)
  }

  /** The present state, never to change again. */
  freeze(): TreeNode<V> {
    this.#edition = ++lastEdition
    return this.#root
  }

  /** Another map of the same entries; what changes one leaves the other as it is. */
  fork(): OrderedMap<V> {
    return new OrderedMap(this.freeze())
  }

  set(key: string, value: V): void {
    const root = this.#owned(this.#root)
    this.#root = root
    const split = this.#insert(root, key, value)
    if (split === undefined) return
    this.#root = { edition: this.#edition, keys: ['', split.key], children: [root, split.node] }
  }

  delete(key: string): void {
    if (lookUp(this.#root, key) === undefined) return
    const root = this.#owned(this.#root)
    const emptied = this.#remove(root, key)
    this.#root = emptied ? { edition: this.#edition, keys: [], values: [] } : root
    while (!isLeaf(this.#root) && this.#root.children.length === 1) {
      this.#root = this.#root.children[0] as TreeNode<V>
    }
  }

  #owned(node: TreeNode<V>): TreeNode<V> {
    if (node.edition === this.#edition) return node
    const keys = node.keys.slice()
    return isLeaf(node)
      ? { edition: this.#edition, keys, values: node.values.slice() }
      : { edition: this.#edition, keys, children: node.children.slice() }
  }

  #insert(
    node: TreeNode<V>,
    key: string,
    value: V,
  ): { key: string; node: TreeNode<V> } | undefined {
    if (isLeaf(node)) {
      const position = lowerBound(node.keys, key)
      if (node.keys[position] === key) {
        node.values[position] = value
        return undefined
      }
      node.keys.splice(position, 0, key)
      node.values.splice(position, 0, value)
      return node.keys.length > maxEntries ? this.#splitLeaf(node) : undefined
    }
    const position = childPosition(node.keys, key)
    const child = this.#owned(node.children[position] as TreeNode<V>)
    node.children[position] = child
    const split = this.#insert(child, key, value)
    if (split === undefined) return undefined
    node.keys.splice(position + 1, 0, split.key)
    node.children.splice(position + 1, 0, split.node)
    return node.keys.length > maxEntries ? this.#splitBranch(node) : undefined
  }

  #splitLeaf(leaf: Leaf<V>): { key: string; node: TreeNode<V> } {
    const half = leaf.keys.length >>> 1
    const keys = leaf.keys.splice(half)
    const node: Leaf<V> = { edition: this.#edition, keys, values: leaf.values.splice(half) }
    return { key: keys[0] as string, node }
  }

  #splitBranch(branch: Branch<V>): { key: string; node: TreeNode<V> } {
    const half = branch.keys.length >>> 1
    const keys = branch.keys.splice(half)
    const node: Branch<V> = { edition: this.#edition, keys, children: branch.children.splice(half) }
    return { key: keys[0] as string, node }
  }

  /**
   * Removes a present key below `node`; true when nothing is left there. Nodes are dropped when
   * empty rather than merged when small: order and depth stay right.
   */
  #remove(node: TreeNode<V>, key: string): boolean {
    if (isLeaf(node)) {
      const position = lowerBound(node.keys, key)
      node.keys.splice(position, 1)
      node.values.splice(position, 1)
      return node.keys.length === 0
    }
    const position = childPosition(node.keys, key)
    const child = this.#owned(node.children[position] as TreeNode<V>)
    node.children[position] = child
    if (!this.#remove(child, key)) return false
    node.keys.splice(position, 1)
    node.children.splice(position, 1)
    return node.children.length === 0
  }
}
