import type { AccessKey, AccessKeys } from '../accessKeys.ts'
import type { CompiledPolicy } from '../policies/compilePolicy.ts'

/** How many identities a file has. */
export interface IdentityCounts {
  readonly users: number
  readonly roles: number
  readonly accessKeys: number
  readonly policies: number
}

/** The identities of one file, or of one version of it. */
export class Identities implements AccessKeys {
  readonly counts: IdentityCounts
  readonly #keys: ReadonlyMap<string, AccessKey>

  constructor(keys: ReadonlyMap<string, AccessKey>, counts: IdentityCounts) {
    this.#keys = keys
    this.counts = counts
  }

  find(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId)
  }

  /** Every policy that somebody with an access key has, once. */
  get policies(): readonly CompiledPolicy[] {
    const all = [...this.#keys.values()].flatMap(({ principal: { policies } }) => [
      ...policies.identity,
      ...(policies.boundary === undefined ? [] : [policies.boundary]),
      ...(policies.session === undefined ? [] : [policies.session]),
    ])
    return [...new Set(all)]
  }
}
