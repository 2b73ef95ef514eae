import type { CompiledPolicy } from '../../access/policies/compilePolicy.ts'
import { policyLocksOut } from '../../errors/resourcePolicyErrors.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkExpectation, revisionId } from './policyRevision.ts'
import { changeSettings, policyPermissions, policyResource, policyTarget } from './policyTarget.ts'

export interface PutResourcePolicyRequest {
  readonly ResourceArn: string
  readonly Policy: string
  readonly ExpectedRevisionId?: string
  readonly ConfirmRemoveSelfResourceAccess?: boolean
}

/**
 * PutResourcePolicy: gives a table or a stream a policy in place of the one that it has, in force
 * with the answer. Who has to prove who he is puts none that he could not change again, unless he
 * confirms that.
 */
export async function putResourcePolicy(
  services: Pick<Services, 'catalog' | 'clock'>,
  request: PutResourcePolicyRequest,
  context: RequestContext,
): Promise<object> {
  const { ResourceArn: resourceArn, Policy: text, ExpectedRevisionId: expected } = request
  const target = policyTarget(services, resourceArn)
  const { policyFor, withPolicy } = await import('./newPolicy.ts')
  const policy = policyFor(target.owner.kind, text)
  if (request.ConfirmRemoveSelfResourceAccess !== true) {
    await checkAccessKept(services, context, { resource: target.arn, policy: policy.policy })
  }
  const nowMs = services.clock.nowMs()
  let revision = ''
  await changeSettings(services, target, (settings) => {
    checkExpectation(settings, expected, target)
    const changed = withPolicy(settings, policy, nowMs)
    revision = revisionId(changed)
    return changed
  })
  return { RevisionId: revision }
}

async function checkAccessKept(
  services: Pick<Services, 'catalog' | 'clock'>,
  context: RequestContext,
  changed: { readonly resource: string; readonly policy: CompiledPolicy },
): Promise<void> {
  const { principal } = context
  if (principal === undefined) return
  const { wouldBePermitted } = await import('../access/refuseUnpermitted.ts')
  const mayGoOn = wouldBePermitted('dynamodb:PutResourcePolicy', services, context, changed)
  if (!mayGoOn) throw policyLocksOut(principal.arn)
}

export const putResourcePolicyOperation: Operation<PutResourcePolicyRequest> = {
  name: 'PutResourcePolicy',
  access: 'control',
  resources: policyResource,
  permissions: policyPermissions,
  handler: unmetered(putResourcePolicy),
}
