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

/** Entries with start <= key < end in order. */
export function* ascend<V>(
  root: TreeNode<V>,
  start: string,
  end: string,
): Generator<[string, V], void> {
  if (isLeaf(root)) {
    for (let i = lowerBound(root.keys, start); i < root.keys.length; i++) {
      const key = root.keys[i] as string
      if (key >= end) return
      yield [key, root.values[i] as V]
    }
    return
  }
  for (let i = childPosition(root.keys, start); i < root.children.length; i++) {
    if (i > 0 && (root.keys[i] as string) >= end) return
    yield* ascend(root.children[i] as TreeNode<V>, start, end)
  }
}

/** Entries with start <= key < end in descending order. */
export function* descend<V>(
  root: TreeNode<V>,
  start: string,
  end: string,
): Generator<[string, V], void> {
  if (isLeaf(root)) {
    for (let i = lowerBound(root.keys, end) - 1; i >= 0; i--) {
      const key = root.keys[i] as string
      if (key < start) return
      yield [key, root.values[i] as V]
    }
    return
  }
  for (let i = childPosition(root.keys, end); i >= 0; i--) {
    yield* descend(root.children[i] as TreeNode<V>, start, end)
    if (i > 0 && (root.keys[i] as string) < start) return
  }
}

/** No two states of any map have the same. */
let lastEdition = 0

/** The map itself: the current root, and the edition that may be changed in place. */
export class OrderedMap<V> {
  #edition = ++lastEdition
  #root: TreeNode<V> = { edition: this.#edition, keys: [], values: [] }

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
    const other = new OrderedMap<V>()
    other.#root = this.freeze()
    return other
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
