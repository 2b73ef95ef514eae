import { readStoredPolicy } from '../access/policies/resourcePolicy.ts'
import type { PolicySettings } from '../schema/tableRecord.ts'

/**
 * What is wrong with the policy of a table or a stream; undefined for nothing: it is one that
 * decides, in the form in which policies are given back, and has a revision.
 */
export function faultOfPolicy(settings: PolicySettings | undefined): string | undefined {
  if (settings === undefined) return undefined
  const { revisionMs, policy } = settings
  if (!Number.isSafeInteger(revisionMs) || revisionMs < 0) {
    return `The policy has no revision: ${revisionMs}`
  }
  if (policy === undefined) return undefined
  try {
    const { canonicalText } = readStoredPolicy(policy.text, policy.namesVersion)
    return canonicalText === policy.text ? undefined : 'The policy is not in its usual form'
  } catch (error) {
    return `The policy cannot be understood: ${(error as Error).message}`
  }
}
