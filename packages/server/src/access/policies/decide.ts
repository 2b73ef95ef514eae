import type { AccessQuestion } from './accessQuestion.ts'
import { Arn } from './arnPattern.ts'
import {
  givesMore,
  principalMatch,
  type CompiledPolicy,
  type CompiledStatement,
  type PrincipalMatch,
} from './compilePolicy.ts'

/** The kinds of policies, in the order in which a refusal is told of them. */
export type PolicyKind = 'identity' | 'resource' | 'boundary' | 'session'

/** The policies that have a say in what one identity does to one resource. */
export interface ApplicablePolicies {
  readonly identity: readonly CompiledPolicy[]
  /** That of the table or stream. */
  readonly resource?: CompiledPolicy | undefined
  /** The permissions boundary of the identity. */
  readonly boundary?: CompiledPolicy | undefined
  /** What the session of a role was narrowed to. */
  readonly session?: CompiledPolicy | undefined
}

/** A statement that applies, and whose it is. */
export interface DecisiveStatement {
  readonly kind: PolicyKind
  readonly policy: CompiledPolicy
  readonly statement: CompiledStatement
}

/** The answer to a question, with what it follows from. */
export type Decision =
  | { readonly allowed: true; readonly by: DecisiveStatement }
  | { readonly allowed: false; readonly reason: 'explicitDeny'; readonly by: DecisiveStatement }
  | {
      readonly allowed: false
      readonly reason: 'implicitDeny'
      /** The kind of policies in which nothing allows it. */
      readonly kind: PolicyKind
    }

/**
 * Decides as IAM does (IAM user guide: policy evaluation logic): a statement with Deny in any
 * policy refuses; then in the account of the resource the policies of the identity or that of the
 * resource must allow, from another account both; then boundary and session policy, where there are
 * any. What the policy of a resource gives a user or a session by its own ARN they do not limit.
 */
export function decide(policies: ApplicablePolicies, question: AccessQuestion): Decision {
  const asked = { question, resource: new Arn(question.resource) }
  const denying = findDeny(policies, asked)
  if (denying !== undefined) return { allowed: false, reason: 'explicitDeny', by: denying }
  const byIdentity = findStatement(policies.identity, 'identity', 'allows', asked)
  const byResource = findGrant(policies.resource, asked)
  const isForeign = question.caller.accountId !== question.resourceAccountId
  if (isForeign) {
    if (byIdentity === undefined) return nothingAllows('identity')
    if (byResource === undefined) return nothingAllows('resource')
    return limited(policies, byIdentity, asked)
  }
  // An account that is named in the policy of its own resource is thereby left to its identities.
  const grant = byResource?.match === 'account' ? undefined : byResource
  if (grant !== undefined && isUnlimited(policies, grant, asked)) {
    return { allowed: true, by: grant.statement }
  }
  const allowing = byIdentity ?? grant?.statement
  if (allowing === undefined) return nothingAllows('identity')
  return limited(policies, allowing, asked)
}

function nothingAllows(kind: PolicyKind): Decision {
  return { allowed: false, reason: 'implicitDeny', kind }
}

/** A question with its resource as an ARN. */
interface Asked {
  readonly question: AccessQuestion
  readonly resource: Arn
}

function findDeny(
  { identity, resource, boundary, session }: ApplicablePolicies,
  asked: Asked,
): DecisiveStatement | undefined {
  return (
    findStatement(identity, 'identity', 'denies', asked) ??
    findStatement(listOf(resource), 'resource', 'denies', asked) ??
    findStatement(listOf(boundary), 'boundary', 'denies', asked) ??
    findStatement(listOf(session), 'session', 'denies', asked)
  )
}

/** An Allow of a resource's policy, and by what it means the caller. */
interface Grant {
  readonly statement: DecisiveStatement
  readonly match: PrincipalMatch
}

/** The Allow that gives the caller the most. */
function findGrant(
  policy: CompiledPolicy | undefined,
  { question, resource }: Asked,
): Grant | undefined {
  if (policy === undefined) return undefined
  let best: Grant | undefined
  for (const statement of policy.statementsOf(question.action).allows) {
    if (statement.mismatch(question, resource) !== undefined) continue
    const { principals } = statement.statement
    const match = principals === undefined ? 'account' : principalMatch(principals, question.caller)
    if (match === undefined) continue
    if (best === undefined || givesMore(match, best.match)) {
      best = { statement: { kind: 'resource', policy, statement }, match }
    }
  }
  return best
}

/**
 * Whether a grant is not limited by boundary and session policy: what is given to a user or a
 * session that is named, or to everyone where there is no session policy or that allows it.
 */
function isUnlimited({ session }: ApplicablePolicies, { match }: Grant, asked: Asked): boolean {
  if (match === 'caller') return true
  if (match !== 'everyone') return false
  if (session === undefined) return true
  return findStatement([session], 'session', 'allows', asked) !== undefined
}

/** What `allowing` allows, if boundary and session policy allow it, too. */
function limited(
  { boundary, session }: ApplicablePolicies,
  allowing: DecisiveStatement,
  asked: Asked,
): Decision {
  for (const [kind, policy] of [
    ['boundary', boundary],
    ['session', session],
  ] as const) {
    if (policy === undefined) continue
    if (findStatement([policy], kind, 'allows', asked) === undefined) return nothingAllows(kind)
  }
  return { allowed: true, by: allowing }
}

const none: readonly CompiledPolicy[] = []

function listOf(policy: CompiledPolicy | undefined): readonly CompiledPolicy[] {
  return policy === undefined ? none : [policy]
}

/** The first statement that applies. */
function findStatement(
  policies: readonly CompiledPolicy[],
  kind: PolicyKind,
  which: 'allows' | 'denies',
  { question, resource }: Asked,
): DecisiveStatement | undefined {
  for (const policy of policies) {
    for (const statement of policy.statementsOf(question.action)[which]) {
      if (statement.mismatch(question, resource) === undefined) return { kind, policy, statement }
    }
  }
  return undefined
}
