import {
  asBuffer,
  sameBytes,
  StorageConflict,
  StoreUnavailable,
  type Entry,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import { accountKey, formatKey } from './storeKeys.ts'

/**
 * The arrangement of keys and values that this version reads and writes. Since format 3 the values
 * in LMDB carry checksums.
 */
const currentFormat = 3

/** The account of stores that do not tell theirs: all had this one before it was kept. */
export const formerAccountId = '000000000000'

/**
 * Marks a new store with the current format, and with `newAccountId` if there is one. Gives the
 * account of the store. Throws StoreUnavailable when the store was written in another format:
 * nothing in it may be touched then.
 */
export async function ensureStoreFormat(
  engine: StorageEngine,
  newAccountId?: string,
): Promise<string> {
  const stored = await engine.get(formatKey)
  if (stored === undefined) {
    if (await markNewStore(engine, newAccountId)) return newAccountId ?? formerAccountId
    return ensureStoreFormat(engine, newAccountId)
  }
  const format = formatOf(asBuffer(stored).toString('utf8'))
  if (format === undefined) {
    throw new StoreUnavailable(
      "The store's format cannot be read; the data directory was not written by Dynatom.",
    )
  }
  if (format !== currentFormat) throw new StoreUnavailable(unknownFormat(format))
  const account = await engine.get(accountKey)
  return account === undefined ? formerAccountId : asBuffer(account).toString('latin1')
}

/** False when another server has been quicker. */
async function markNewStore(
  engine: StorageEngine,
  accountId: string | undefined,
): Promise<boolean> {
  const mark = Buffer.from(JSON.stringify({ format: currentFormat }), 'utf8')
  const writes: StorageWrite[] = [{ key: formatKey, value: mark }]
  if (accountId !== undefined) {
    writes.push({ key: accountKey, value: Buffer.from(accountId, 'latin1') })
  }
  try {
    await engine.commit([{ key: formatKey, version: undefined }], writes)
    return true
  } catch (error) {
    if (error instanceof StorageConflict) return false
    throw error
  }
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
