import { namesKnownAction, type PolicyOwnerKind } from '../../access/permissions/knownActions.ts'
import {
  readResourcePolicy,
  readStoredPolicy,
  type ResourcePolicy,
} from '../../access/policies/resourcePolicy.ts'
import type { PolicySettings } from '../../schema/tableRecord.ts'

/*
 * What brings the language of policies with it: to be loaded when a policy is first put, not with
 * the operations.
 */

/** Understands the policy of a table or a stream. Throws ValidationException with AWS's texts. */
export function policyFor(kind: PolicyOwnerKind, text: string): ResourcePolicy {
  return readResourcePolicy(text, (pattern) => namesKnownAction(pattern, kind))
}

/** The settings of something that has this policy and had no other. */
export function firstSettings(policy: ResourcePolicy, nowMs: number): PolicySettings {
  const { canonicalText: text, namesVersion } = policy
  return { revisionMs: nowMs, policy: { text, namesVersion } }
}

/** The same with another policy; a policy that changes nothing leaves all as it was. */
export function withPolicy(
  settings: PolicySettings | undefined,
  policy: ResourcePolicy,
  nowMs: number,
): PolicySettings {
  if (settings === undefined) return firstSettings(policy, nowMs)
  const { policy: stored, revisionMs } = settings
  const isSame =
    stored !== undefined &&
    readStoredPolicy(stored.text, stored.namesVersion).equivalentForm === policy.equivalentForm
  return isSame ? settings : firstSettings(policy, Math.max(nowMs, revisionMs + 1))
}
