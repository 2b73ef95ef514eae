import { createHmac } from 'node:crypto'
import { maxSigningKeys } from '../../limits.ts'
import type { AccessKey } from '../accessKeys.ts'

/** What a signature is made for. */
export interface SigningScope {
  /** Such as `20130301`. */
  readonly date: string
  readonly region: string
  readonly service: string
}

interface SigningKey {
  readonly secretAccessKey: string
  readonly bytes: Buffer
}

/**
 * The keys that requests are signed by, which are worked out from a secret once for each access
 * key, day and service. Bounded: the one that was worked out first is forgotten first.
 */
export class SigningKeys {
  readonly #known = new Map<string, SigningKey>()

  /** The key for `scope`. A secret that has changed is noticed. */
  keyOf({ accessKeyId, secretAccessKey }: AccessKey, scope: SigningScope): Buffer {
    const name = `${accessKeyId}/${scope.date}/${scope.region}/${scope.service}`
    const known = this.#known.get(name)
    if (known?.secretAccessKey === secretAccessKey) return known.bytes
    const bytes = derived(secretAccessKey, scope)
    if (this.#known.size >= maxSigningKeys) this.#forgetOldest()
    this.#known.set(name, { secretAccessKey, bytes })
    return bytes
  }

  #forgetOldest(): void {
    for (const name of this.#known.keys()) {
      this.#known.delete(name)
      return
    }
  }
}

function derived(secretAccessKey: string, { date, region, service }: SigningScope): Buffer {
  const ofDay = hmac(`AWS4${secretAccessKey}`, date)
  return hmac(hmac(hmac(ofDay, region), service), 'aws4_request')
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()
