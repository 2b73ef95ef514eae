import type { ApiError } from '../errors/apiError.ts'
import { maxComparedUnits } from '../limits.ts'
import type { Principal } from './accessKeys.ts'
import type { ConnectionContext, PermissionContext } from './permissions/accessContext.ts'
import { accountOfResource, type AskedPermission } from './permissions/askedPermissions.ts'
import { RequestKeys } from './permissions/requestKeys.ts'
import { administratorPolicy, type CompiledPolicy } from './policies/compilePolicy.ts'
import { decide } from './policies/decide.ts'
import { decisionText } from './policies/decisionText.ts'
import { refusalOf } from './policies/refusal.ts'
import { isRoot } from './rootKey.ts'

/** What a request is judged by, beside whose it is and what it needs. */
export interface RequestContext {
  readonly connection: ConnectionContext
  /** What the operation knows of one of the permissions; called only when a condition asks. */
  readonly permissionContext: (asked: AskedPermission) => PermissionContext
  /** The policy of a resource: that of the table for its indexes, too; undefined for none. */
  readonly resourcePolicy: (resource: string) => CompiledPolicy | undefined
  /** Told of each decision, up to the one that refuses. */
  readonly onDecision?: ((told: ToldDecision) => void) | undefined
}

/** One permission that was asked for, and what became of it. */
export interface ToldDecision {
  readonly action: string
  readonly resource: string
  readonly allowed: boolean
  /** See {@link decisionText}. */
  readonly by: string
}

/**
 * Whether no request of `principal` can be refused that is about nothing with a policy of its own,
 * so that it has not to be looked at: an administrator with nothing beside it that could deny.
 */
export function mayDoEverything({ policies }: Principal): boolean {
  const { identity, boundary, session } = policies
  return (
    identity.length === 1 &&
    identity[0] === administratorPolicy &&
    boundary === undefined &&
    session === undefined
  )
}

/**
 * What the account itself may do to its resources whatever their policies say, so that nobody is
 * locked out of what is theirs (API reference: PutResourcePolicy, DeleteResourcePolicy).
 */
const actionsOfRoot: readonly string[] = [
  'dynamodb:DeleteResourcePolicy',
  'dynamodb:GetResourcePolicy',
  'dynamodb:PutResourcePolicy',
]

/**
 * The AccessDeniedException of a request, for the first permission that `principal` does not have;
 * undefined when it has them all.
 */
export function refusalOfRequest(
  principal: Principal,
  permissions: readonly AskedPermission[],
  context: RequestContext,
): ApiError | undefined {
  const { connection } = context
  const work = { leftUnits: maxComparedUnits }
  for (const asked of permissions) {
    const { action, resource } = asked
    const read = (): PermissionContext => context.permissionContext(asked)
    const keys = new RequestKeys({ principal, connection, asked, work }, read)
    const resourceAccountId = accountOfResource(resource, principal.accountId)
    const question = { caller: principal, action, resource, resourceAccountId, keys }
    const isLeftToRoot =
      actionsOfRoot.includes(action) &&
      isRoot(principal) &&
      resourceAccountId === principal.accountId
    const resourcePolicy = isLeftToRoot ? undefined : context.resourcePolicy(resource)
    const policies = { ...principal.policies, resource: resourcePolicy }
    const decision = decide(policies, question)
    const { allowed } = decision
    context.onDecision?.({ action, resource, allowed, by: decisionText(decision) })
    const refusal = refusalOf(decision, question)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
