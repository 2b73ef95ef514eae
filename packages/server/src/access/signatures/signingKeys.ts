import { createHmac } from 'node:crypto'
import { maxSigningKeys } from '../../limits.ts'
import type { AccessKey } from '../accessKeys.ts'
import { KeyedDigest } from './keyedDigest.ts'

interface SigningKey {
  readonly secretAccessKey: string
  readonly digest: KeyedDigest
}

/**
 * The keys that requests are signed by, which are worked out from a secret once for each access
 * key, day and service. Bounded: the one that was worked out first is forgotten first.
 */
export class SigningKeys {
  readonly #known = new Map<string, SigningKey>()

  /**
   * The key for a `scope` such as `20130301/us-east-1/dynamodb/aws4_request`. A secret that has
   * changed is noticed.
   */
  keyOf({ accessKeyId, secretAccessKey }: AccessKey, scope: string): KeyedDigest {
    const name = `${accessKeyId}/${scope}`
    const known = this.#known.get(name)
    if (known?.secretAccessKey === secretAccessKey) return known.digest
    const digest = new KeyedDigest(derived(secretAccessKey, scope))
    if (this.#known.size >= maxSigningKeys) this.#forgetOldest()
    this.#known.set(name, { secretAccessKey, digest })
    return digest
  }

  #forgetOldest(): void {
    for (const name of this.#known.keys()) {
      this.#known.delete(name)
      return
    }
  }
}

function derived(secretAccessKey: string, scope: string): Buffer {
  let key = Buffer.from(`AWS4${secretAccessKey}`, 'utf8')
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
  return key
}
