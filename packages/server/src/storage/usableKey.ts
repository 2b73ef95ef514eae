import { StorageFailure, type Bytes } from './engine.ts'

/**
 * Throws StorageFailure at a key that the store cannot hold. A commit with such a key must not
 * begin: its other writes might be kept.
 */
export function requireUsableKey(key: Bytes, maxKeyBytes: number): void {
  if (key.length > 0 && key.length <= maxKeyBytes) return
  throw new StorageFailure(`a key must have 1 to ${maxKeyBytes} bytes, not ${key.length}`)
}
