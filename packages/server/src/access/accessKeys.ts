/** Who a request is made by, once that is proved. */
export interface Principal {
  /** Such as `arn:aws:iam::123456789012:user/reader`. */
  readonly arn: string
  /** The account that it belongs to: 12 digits. */
  readonly accountId: string
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
