import { sameBytes, type Bytes, type Entry, type Snapshot } from '../storage/engine.ts'
import { digestOfExpiryKey, tokenExpiryKey, tokenKey } from '../layout/storeKeys.ts'
import type { StoreFindings } from './storeFindings.ts'

/** Checks that client request tokens and their expiry entries belong together. */
export class TokenCheck {
  readonly #snapshot: Snapshot
  readonly #findings: StoreFindings

  constructor(snapshot: Snapshot, findings: StoreFindings) {
    this.#snapshot = snapshot
    this.#findings = findings
  }

  /** A token's record has its digest, when it ends, and an expiry entry at that time. */
  async checkToken({ key, value }: Entry): Promise<void> {
    const endsAtMs = endOfToken(value)
    if (endsAtMs === undefined) {
      this.#findings.add('token', key, 'The record of the token cannot be read')
      return
    }
    const expiry = await this.#snapshot.get(tokenExpiryKey(endsAtMs, key.subarray(1)))
    if (expiry === undefined) this.#findings.add('token', key, 'The token has no expiry entry')
  }

  /**
   * An expiry entry belongs to a token. One of an earlier time may be left from before the token
   * was bound anew.
   */
  async checkExpiry({ key }: Entry): Promise<void> {
    if (key.length <= tokenExpiryKey(0, noBytes).length) {
      this.#findings.add('unknownKey', key, 'The expiry entry names no token')
      return
    }
    const record = await this.#snapshot.get(tokenKey(digestOfExpiryKey(key)))
    if (record === undefined) {
      this.#findings.add('token', key, 'The expiry entry belongs to no token')
      return
    }
    const endsAtMs = endOfToken(record)
    if (endsAtMs === undefined) return
    const own = tokenExpiryKey(endsAtMs, digestOfExpiryKey(key))
    if (!sameBytes(own, key) && Buffer.compare(key, own) > 0) {
      this.#findings.add('token', key, 'The expiry entry is later than the end of its token')
    }
  }
}

const noBytes: Bytes = Buffer.alloc(0)

/** When the token ends, or undefined for a record that is none. */
function endOfToken(value: Bytes): number | undefined {
  try {
    const record = JSON.parse(Buffer.from(value).toString('utf8')) as Record<string, unknown>
    const { requestDigest, endsAtMs, units } = record
    const isRecord = typeof requestDigest === 'string' && Array.isArray(units)
    return isRecord && Number.isSafeInteger(endsAtMs) && (endsAtMs as number) >= 0
      ? (endsAtMs as number)
      : undefined
  } catch {
    return undefined
  }
}
