import type { ConnectionContext } from '../../access/permissions/accessContext.ts'
import {
  askedOfCloudWatch,
  askedPermissions,
  type AskedPermission,
} from '../../access/permissions/askedPermissions.ts'
import { mayDoEverything, refusalOfRequest } from '../../access/refusalOfRequest.ts'
import type { Clock } from '../../clock.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import type { Operation } from '../operation.ts'
import type { Services } from '../services.ts'

/** Throws for a request that is not let through. */
export type Gate = typeof refuseUnpermitted

/**
 * Throws the AccessDeniedException of a request whose principal does not have every permission that
 * it needs. Comes after the model's constraints, without which it is not known what is asked for,
 * and before everything else: whoever is refused does not learn what is there. Nothing is asked
 * where nobody has to prove who he is, nor about who may do everything.
 */
export function refuseUnpermitted(
  operation: Operation<never>,
  services: Services,
  request: Readonly<Record<string, unknown>>,
  context: RequestContext,
): void {
  const { principal, onDecision } = context
  if (principal === undefined) return
  // What changes tables is written down with the statement that allows it.
  const isTold = onDecision !== undefined && operation.access === 'control'
  if (!isTold && mayDoEverything(principal)) return
  const { names } = services.catalog
  const { name, permissions } = operation
  const read = permissions?.read?.(request as never)
  const asked = askedPermissions(name, request, names, read).map((each): AskedPermission => {
    return { ...each, resource: names.currentArn(each.resource) }
  })
  const refusal = refusalOfRequest(principal, asked, {
    connection: connectionOf(context, services.clock),
    permissionContext: (each) => ({
      ...permissions?.context?.(services, request as never, each),
      resourceTags: tagsOf(services, each.resource),
    }),
    resourcePolicy: () => undefined,
    onDecision,
  })
  if (refusal !== undefined) throw refusal
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
function tagsOf({ catalog }: Services, resource: string): Readonly<Record<string, string>> {
  const name = /:table\/([^/]+)/.exec(resource)?.[1]
  const isOwn = name !== undefined && resource.startsWith(catalog.names.tableArn(name))
  const table = isOwn ? catalog.find(name) : undefined
  return Object.fromEntries((table?.record.tags ?? []).map(({ Key, Value }) => [Key, Value]))
}
