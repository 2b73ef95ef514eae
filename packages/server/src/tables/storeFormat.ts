import { asBuffer, StoreUnavailable, type StorageEngine } from '../storage/engine.ts'
import { formatKey } from './storeKeys.ts'

/** The arrangement of keys and values that this version reads and writes. */
const currentFormat = 3

/**
 * Marks a new store with the current format. Throws StoreUnavailable when the store was written in
 * another one: nothing in it may be touched then.
 */
export async function ensureStoreFormat(engine: StorageEngine): Promise<void> {
  const stored = await engine.get(formatKey)
  if (stored === undefined) {
    const mark = Buffer.from(JSON.stringify({ format: currentFormat }), 'utf8')
    await engine.commit([{ key: formatKey, value: undefined }], [{ key: formatKey, value: mark }])
    return
  }
  const format = formatOf(asBuffer(stored).toString('utf8'))
  if (format === undefined) {
    throw new StoreUnavailable(
      "The store's format cannot be read; the data directory was not written by Dynatom.",
    )
  }
  if (format !== currentFormat) {
    throw new StoreUnavailable(
      `The store was written in format ${format}, which this version of Dynatom does not know; ` +
        'open it with the version that wrote it.',
    )
  }
}

function formatOf(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown }
    return typeof format === 'number' ? format : undefined
  } catch {
    return undefined
  }
}
