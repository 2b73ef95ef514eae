/** One value, or the values of a key that may have several. */
export type ConditionValue = string | readonly string[]

/** What may still be compared for a request; see `maxComparedUnits`. */
export interface ComparisonWork {
  leftUnits: number
}

/**
 * The condition keys of a request. They are asked for one at a time, so that a request to which no
 * condition applies never works them out.
 */
export interface ConditionKeys {
  /** `key` in lower case; undefined when the request does not have it. */
  valueOf(key: string): ConditionValue | undefined
  /** Absent where nobody else waits for the answer. */
  readonly work?: ComparisonWork | undefined
}

/** Who asks: a user, or a session of a role. */
export interface Caller {
  /** `arn:aws:iam::A:user/N` or `arn:aws:sts::A:assumed-role/R/S`. */
  readonly arn: string
  readonly accountId: string
  /** The role of a session; undefined for a user. */
  readonly roleArn: string | undefined
}

/** Whether `caller` may do `action` to `resource`. */
export interface AccessQuestion {
  readonly caller: Caller
  /** Such as `dynamodb:GetItem`. */
  readonly action: string
  /** An ARN, or `*` for what is about no resource in particular. */
  readonly resource: string
  /** The account that has the resource. */
  readonly resourceAccountId: string
  readonly keys: ConditionKeys
}
