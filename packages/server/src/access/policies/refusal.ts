import type { ApiError } from '../../errors/apiError.ts'
import { explicitlyDenied, notAllowed, type PolicyKindText } from '../../errors/accessErrors.ts'
import type { AccessQuestion } from './accessQuestion.ts'
import type { Decision, PolicyKind } from './decide.ts'

const kindTexts: Readonly<Record<PolicyKind, PolicyKindText>> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
}

/** How AWS's texts name a kind of policies. */
export const kindText = (kind: PolicyKind): PolicyKindText => kindTexts[kind]

/** The error that a refused question is answered with; undefined for one that is allowed. */
export function refusalOf(decision: Decision, question: AccessQuestion): ApiError | undefined {
  if (decision.allowed) return undefined
  const { action, resource, caller } = question
  const asked = { principalArn: caller.arn, action, resource }
  if (decision.reason === 'implicitDeny') {
    return notAllowed({ ...asked, policyKind: kindText(decision.kind) })
  }
  const { kind, policy } = decision.by
  return explicitlyDenied({ ...asked, policyKind: kindText(kind) }, policy.arn)
}
