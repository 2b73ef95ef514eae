import { hash } from 'node:crypto'

const blockBytes = 64
const digestBytes = 32
/** Longer texts have memory of their own. */
const scratchBytes = 1024

/**
 * HMAC with SHA-256 (RFC 2104) by one key for many texts: the key is prepared once, and each text
 * takes two digests without an object of its own.
 */
export class KeyedDigest {
  readonly key: Uint8Array
  readonly #inner: Buffer
  readonly #outer: Buffer

  /** REQUIRES: the key has at most 64 bytes. */
  constructor(key: Uint8Array) {
    this.key = key
    this.#inner = Buffer.alloc(blockBytes + scratchBytes, 0x36)
    this.#outer = Buffer.alloc(blockBytes + digestBytes, 0x5c)
    for (let at = 0; at < key.length; at++) {
      this.#inner[at] = 0x36 ^ (key[at] as number)
      this.#outer[at] = 0x5c ^ (key[at] as number)
    }
  }

  /** The digest of a text that has a character for each byte, in hexadecimal. */
  hexOf(text: string): string {
    const inner = this.#innerOf(text)
    this.#outer.write(hash('sha256', inner, 'binary'), blockBytes, 'latin1')
    return hash('sha256', this.#outer, 'hex')
  }

  #innerOf(text: string): Uint8Array {
    if (text.length > scratchBytes) {
      return Buffer.concat([this.#inner.subarray(0, blockBytes), Buffer.from(text, 'latin1')])
    }
    this.#inner.write(text, blockBytes, 'latin1')
    return this.#inner.subarray(0, blockBytes + text.length)
  }
}
