import {
  asBuffer,
  sameBytes,
  StoreUnavailable,
  type Entry,
  type StorageEngine,
} from '../storage/engine.ts'
import { formatKey } from './storeKeys.ts'

/**
 * The arrangement of keys and values that this version reads and writes. Since format 3 the values
 * in LMDB carry checksums.
 */
const currentFormat = 3

/**
 * Marks a new store with the current format. Throws StoreUnavailable when the store was written in
 * another one: nothing in it may be touched then.
 */
export async function ensureStoreFormat(engine: StorageEngine): Promise<void> {
  const stored = await engine.get(formatKey)
  if (stored === undefined) {
    const mark = Buffer.from(JSON.stringify({ format: currentFormat }), 'utf8')
    await engine.commit([{ key: formatKey, version: undefined }], [{ key: formatKey, value: mark }])
    return
  }
  const format = formatOf(asBuffer(stored).toString('utf8'))
  if (format === undefined) {
    throw new StoreUnavailable(
      "The store's format cannot be read; the data directory was not written by Dynatom.",
    )
  }
  if (format !== currentFormat) throw new StoreUnavailable(unknownFormat(format))
}

/**
 * Why a store cannot be used whose first entry an engine found to be in no form of its own: a
 * sentence for the operator when the entry is the mark of another format, as it lay in stores
 * without checksums.
 */
export function otherFormat({ key, value }: Entry): string | undefined {
  if (!sameBytes(key, formatKey)) return undefined
  const format = formatOf(asBuffer(value).toString('utf8'))
  return format === undefined || format === currentFormat ? undefined : unknownFormat(format)
}

function unknownFormat(format: number): string {
  return (
    `The store was written in format ${format}, which this version of Dynatom does not know; ` +
    'open it with the version that wrote it.'
  )
}

function formatOf(text: string): number | undefined {
  try {
    const { format } = JSON.parse(text) as { format?: unknown }
    return typeof format === 'number' ? format : undefined
  } catch {
    return undefined
  }
}
