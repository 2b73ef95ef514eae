import type { StoreState } from './metaPages.ts'
import { childOf, dataBytesOf, hasBigValue, keyOf, NodeLayout } from './nodeLayout.ts'
import type { PageFile } from './pageFile.ts'
import { readHeader, requirePage } from './pageHeader.ts'

/** An entry as it lies in the store, with whatever its value has at its end. */
export interface StoredEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * The first entry of a state, unless its value lies in pages of its own. Throws Damage where a page
 * on the way is none.
 */
export async function firstEntry(
  file: PageFile,
  { entries: { root, depth }, transactionId }: StoreState,
): Promise<StoredEntry | undefined> {
  if (root === undefined) return undefined
  const layout = new NodeLayout()
  let page = root
  for (let level = depth; ; level--) {
    const window = await file.read({ page, pageCount: 1 })
    const kind = level > 1 ? 'branch' : 'leaf'
    requirePage(readHeader(window, 0, page), page, { kind, transactionId })
    layout.read(window, 0, kind)
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
