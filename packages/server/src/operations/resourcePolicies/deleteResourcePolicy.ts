import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkExpectation, revisionId } from './policyRevision.ts'
import { changeSettings, policyPermissions, policyResource, policyTarget } from './policyTarget.ts'

export interface DeleteResourcePolicyRequest {
  readonly ResourceArn: string
  readonly ExpectedRevisionId?: string
}

/**
 * DeleteResourcePolicy: answers with the revision of the policy that was there, and with nothing
 * when there was none.
 */
export async function deleteResourcePolicy(
  services: Pick<Services, 'catalog'>,
  request: DeleteResourcePolicyRequest,
): Promise<object> {
  const { ResourceArn: resourceArn, ExpectedRevisionId: expected } = request
  const target = policyTarget(services, resourceArn)
  let deleted: string | undefined
  await changeSettings(services, target, (settings) => {
    checkExpectation(settings, expected, target)
    if (settings?.policy === undefined) return settings
    deleted = revisionId(settings)
    return { revisionMs: settings.revisionMs }
  })
  return deleted === undefined ? {} : { RevisionId: deleted }
}

export const deleteResourcePolicyOperation: Operation<DeleteResourcePolicyRequest> = {
  name: 'DeleteResourcePolicy',
  access: 'control',
  resources: policyResource,
  permissions: policyPermissions,
  handler: unmetered(deleteResourcePolicy),
}
