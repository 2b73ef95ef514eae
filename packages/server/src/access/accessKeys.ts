import type { Caller } from './policies/accessQuestion.ts'
import type { ApplicablePolicies } from './policies/decide.ts'

/**
 * Who a request is made by, once that is proved, and what he may do: a user, a session of a role,
 * or the account itself.
 */
export interface Principal extends Caller {
  /** The name of a user; undefined for the session of a role. */
  readonly userName: string | undefined
  /** `AIDA...` for a user, `AROA...:SESSION` for the session of a role. */
  readonly userId: string
  /** By their names in lower case: tags are found whatever the case of their names. */
  readonly tags: ReadonlyMap<string, string>
  /** Without the policy of a resource, which is the resource's. */
  readonly policies: Omit<ApplicablePolicies, 'resource'>
}

/** A key that requests are signed with. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary keys: what a request has to carry beside its signature. */
  readonly sessionToken?: string
  /** Of temporary keys: when they end, in milliseconds since the epoch; never when absent. */
  readonly expiresMs?: number
  readonly principal: Principal
}

/** Where keys are looked up, once for each signed request. */
export interface AccessKeys {
  /** The key of that name; undefined when nobody has it. Answers at once. */
  find(accessKeyId: string): AccessKey | undefined
}
