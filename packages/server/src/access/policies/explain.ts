import type { AccessQuestion } from './accessQuestion.ts'
import { Arn } from './arnPattern.ts'
import type { CompiledPolicy, Mismatch } from './compilePolicy.ts'
import type { ApplicablePolicies, PolicyKind } from './decide.ts'
import type { Condition, Statement } from './policyDocument.ts'

/** What one statement has to say to a question. */
export interface StatementFinding {
  readonly kind: PolicyKind
  readonly policyName: string
  readonly statement: Statement
  /** The first element that does not match; undefined when the statement applies. */
  readonly mismatch: 'action' | 'principal' | 'resource' | Condition | undefined
}

/** Every statement of every policy that has a say, in the order in which they are looked at. */
export function explain(
  { identity, resource, boundary, session }: ApplicablePolicies,
  question: AccessQuestion,
): StatementFinding[] {
  const findings = (kind: PolicyKind, policies: readonly (CompiledPolicy | undefined)[]) =>
    policies.flatMap((policy) => (policy === undefined ? [] : findingsOf(kind, policy, question)))
  return [
    ...findings('identity', identity),
    ...findings('resource', [resource]),
    ...findings('boundary', [boundary]),
    ...findings('session', [session]),
  ]
}

function findingsOf(
  kind: PolicyKind,
  policy: CompiledPolicy,
  question: AccessQuestion,
): StatementFinding[] {
  const resource = new Arn(question.resource)
  return policy.statements.map((each) => ({
    kind,
    policyName: policy.name,
    statement: each.statement,
    mismatch: each.speaksOf(question.action)
      ? mismatchOf(each.mismatch(question, resource))
      : 'action',
  }))
}

function mismatchOf(mismatch: Mismatch | undefined): StatementFinding['mismatch'] {
  return typeof mismatch === 'object' ? mismatch.condition : mismatch
}
