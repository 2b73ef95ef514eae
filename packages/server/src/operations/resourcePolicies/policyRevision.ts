import {
  policyNotFound,
  policyPresent,
  policyRevisionDiffers,
} from '../../errors/resourcePolicyErrors.ts'
import type { PolicySettings } from '../../schema/tableRecord.ts'
import type { PolicyTarget } from './policyTarget.ts'

/** What ExpectedRevisionId says where there is to be no policy (model: PutResourcePolicy). */
const noPolicy = 'NO_POLICY'

/** The revision of a policy: when it was put, in milliseconds since the epoch. */
export const revisionId = ({ revisionMs }: PolicySettings): string => String(revisionMs)

/** Throws PolicyNotFoundException where a policy has not the revision that a change expects. */
export function checkExpectation(
  settings: PolicySettings | undefined,
  expected: string | undefined,
  { name, arn }: PolicyTarget,
): void {
  if (expected === undefined) return
  const current = settings?.policy === undefined ? undefined : revisionId(settings)
  if (current === undefined) {
    if (expected !== noPolicy) throw policyNotFound(arn)
  } else if (expected === noPolicy) {
    throw policyPresent(name, current)
  } else if (expected !== current) {
    throw policyRevisionDiffers(name, expected, current)
  }
}
