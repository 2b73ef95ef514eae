import type { Caller } from './policies/accessQuestion.ts'
import type { ApplicablePolicies } from './policies/decide.ts'

/** Who signs with an access key, and what it may do: a user, or a session of a role. */
export interface Principal extends Caller {
  /** The name of a user; undefined for the session of a role. */
  readonly userName: string | undefined
  /** `AIDA...` for a user, `AROA...:SESSION` for the session of a role. */
  readonly userId: string
  /** By their names in lower case: tags are found whatever the case of their names. */
  readonly tags: ReadonlyMap<string, string>
  /** Without the policy of a resource, which is the resource's. */
  readonly policies: Omit<ApplicablePolicies, 'resource'>
  /** When the keys of a session end, in milliseconds since 1970; undefined for never. */
  readonly expiresMs: number | undefined
}

export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** What requests must carry beside the signature; only sessions of roles have one. */
  readonly sessionToken?: string
  readonly principal: Principal
}

/** The access keys in force. */
export interface AccessKeys {
  find(accessKeyId: string): AccessKey | undefined
}
