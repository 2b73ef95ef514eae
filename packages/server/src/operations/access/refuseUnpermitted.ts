import type { ConnectionContext } from '../../access/permissions/accessContext.ts'
import {
  askedOfCloudWatch,
  askedPermissions,
  type AskedPermission,
} from '../../access/permissions/askedPermissions.ts'
import { mayDoEverything, refusalOfRequest } from '../../access/refusalOfRequest.ts'
import type { CompiledPolicy } from '../../access/policies/compilePolicy.ts'
import type { Clock } from '../../clock.ts'
import { invariant } from '../../invariant.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import type { Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { policyOfResource } from './policyOfResource.ts'

/** Throws, or rejects, for a request that is not let through. */
export type Gate = typeof refuseUnpermitted

/**
 * Throws the AccessDeniedException of a request whose principal does not have every permission that
 * it needs, or rejects with it where a stream has to be asked for its policy. Comes after the
 * model's constraints, without which it is not known what is asked for, and before everything else:
 * whoever is refused does not learn what is there. Nothing is asked where nobody has to prove who
 * he is, nor about who may do everything to what has no policy of its own.
 */
export function refuseUnpermitted(
  operation: Operation<never>,
  services: Services,
  request: Readonly<Record<string, unknown>>,
  context: RequestContext,
): void | Promise<void> {
  const { principal, onDecision } = context
  if (principal === undefined) return undefined
  // What changes tables is written down with the statement that allows it.
  const isTold = onDecision !== undefined && operation.access === 'control'
  if (!isTold && mayDoEverything(principal) && !mayMeetPolicy(operation, services, request)) {
    return undefined
  }
  const { names } = services.catalog
  const { name, permissions } = operation
  permissions?.admit?.(services, request as never)
  const read = permissions?.read?.(request as never)
  const asked = askedPermissions(name, request, names, read).map((each): AskedPermission => {
    return { ...each, resource: names.currentArn(each.resource) }
  })
  const refuse = (policies: PoliciesByResource): void => {
    const refusal = refusalOfRequest(principal, asked, {
      connection: connectionOf(context, services.clock),
      permissionContext: (each) => ({
        ...permissions?.context?.(services, request as never, each),
        resourceTags: tagsOf(services, each.resource),
      }),
      resourcePolicy: (resource) => policies.get(resource),
      onDecision,
    })
    if (refusal !== undefined) throw refusal
  }
  const policies = policiesOf(services, asked)
  return policies instanceof Promise ? policies.then(refuse) : refuse(policies)
}

/**
 * Whether the principal of a request could do an action to a resource if that had the policy
 * `changed`. REQUIRES: he is known, and no condition but of the global keys is asked.
 */
export function wouldBePermitted(
  action: string,
  services: Pick<Services, 'catalog' | 'clock'>,
  context: RequestContext,
  { resource, policy }: { readonly resource: string; readonly policy: CompiledPolicy },
): boolean {
  const { principal } = context
  invariant(principal !== undefined, 'whoever is asked about is known')
  const refusal = refusalOfRequest(principal, [{ action, resource }], {
    connection: connectionOf(context, services.clock),
    permissionContext: () => ({ resourceTags: tagsOf(services, resource) }),
    resourcePolicy: () => policy,
  })
  return refusal === undefined
}

type PoliciesByResource = ReadonlyMap<string, CompiledPolicy>

/**
 * Whether something that a request names has a policy, or may have: streams are not looked at. What
 * policies are asked about is all that counts, so a statement that is none but names a table does.
 */
function mayMeetPolicy(
  { resources, permissions }: Operation<never>,
  { catalog }: Services,
  request: Readonly<Record<string, unknown>>,
): boolean {
  const mayHavePolicy = (table: string): boolean =>
    table.startsWith('arn:') || catalog.find(table)?.record.policySettings?.policy !== undefined
  const read = permissions?.read?.(request as never)
  if (read === undefined) {
    return resources(request as never).some(
      (each) => each.kind === 'stream' || mayHavePolicy(each.table),
    )
  }
  const { stream, statements = [] } = read
  return stream !== undefined || statements.some((each) => each && mayHavePolicy(each.table))
}

const noPolicies: PoliciesByResource = new Map()

/** The policies of what is asked for, by its ARN. */
function policiesOf(
  services: Services,
  asked: readonly AskedPermission[],
): PoliciesByResource | Promise<PoliciesByResource> {
  let found: Map<string, CompiledPolicy> | undefined
  const waiting: Promise<void>[] = []
  const add = (resource: string, policy: CompiledPolicy | undefined): void => {
    if (policy !== undefined) (found ??= new Map()).set(resource, policy)
  }
  for (const { resource } of asked) {
    const policy = policyOfResource(services, resource)
    if (policy instanceof Promise) waiting.push(policy.then((settled) => add(resource, settled)))
    else add(resource, policy)
  }
  if (waiting.length === 0) return found ?? noPolicies
  return Promise.all(waiting).then(() => found ?? noPolicies)
}

/** The same for an operation of CloudWatch, which is about no resource. */
export function refuseCloudWatch(operation: string, context: RequestContext, clock: Clock): void {
  const { principal, onDecision } = context
  if (principal === undefined || mayDoEverything(principal)) return
  const refusal = refusalOfRequest(principal, askedOfCloudWatch(operation), {
    connection: connectionOf(context, clock),
    permissionContext: () => ({}),
    resourcePolicy: () => undefined,
    onDecision,
  })
  if (refusal !== undefined) throw refusal
}

function connectionOf({ sender, region }: RequestContext, clock: Clock): ConnectionContext {
  const { sourceIp, userAgent, secureTransport = false } = sender ?? {}
  return { sourceIp, userAgent, secureTransport, region, nowMs: clock.nowMs() }
}

/** The tags of the table that a resource is, or belongs to. */
function tagsOf(
  { catalog }: Pick<Services, 'catalog'>,
  resource: string,
): Readonly<Record<string, string>> {
  const name = /:table\/([^/]+)/.exec(resource)?.[1]
  const isOwn = name !== undefined && resource.startsWith(catalog.names.tableArn(name))
  const table = isOwn ? catalog.find(name) : undefined
  return Object.fromEntries((table?.record.tags ?? []).map(({ Key, Value }) => [Key, Value]))
}
