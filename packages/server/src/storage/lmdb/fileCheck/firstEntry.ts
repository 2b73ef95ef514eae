import type { TreeRecord } from './metaPages.ts'
import { childOf, dataBytesOf, hasBigValue, keyOf, NodeLayout } from './nodeLayout.ts'
import type { PageFile } from './pageFile.ts'

/** An entry as it lies in the store, with whatever its value has at its end. */
export interface StoredEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * The first entry of a tree, unless its value lies in pages of its own. Throws Damage where a page
 * on the way cannot be read.
 */
export async function firstEntry(
  file: PageFile,
  { root, depth }: TreeRecord,
): Promise<StoredEntry | undefined> {
  if (root === undefined) return undefined
  const layout = new NodeLayout()
  let page = root
  for (let level = depth; ; level--) {
    const window = await file.read({ page, pageCount: 1 })
    layout.read(window, 0, level > 1 ? 'branch' : 'leaf')
    const node = layout.nodes[0] as number
    if (level > 1) {
      page = childOf(window, node)
      continue
    }
    if (hasBigValue(window, node)) return undefined
    const { bytes, start, end } = keyOf(window, node)
    const value = bytes.subarray(end, end + dataBytesOf(window, node))
    return { key: bytes.subarray(start, end), value }
  }
}
