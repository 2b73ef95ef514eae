import { policyNotFound } from '../../errors/resourcePolicyErrors.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { revisionId } from './policyRevision.ts'
import { policyPermissions, policyResource, policyTarget, readSettings } from './policyTarget.ts'

export interface GetResourcePolicyRequest {
  readonly ResourceArn: string
}

/** GetResourcePolicy: the policy of a table or a stream, minified, and its revision. */
export async function getResourcePolicy(
  services: Pick<Services, 'catalog' | 'streams'>,
  { ResourceArn: resourceArn }: GetResourcePolicyRequest,
): Promise<object> {
  const target = policyTarget(services, resourceArn)
  const settings = await readSettings(services, target)
  if (settings?.policy === undefined) throw policyNotFound(target.arn)
  return { Policy: settings.policy.text, RevisionId: revisionId(settings) }
}

export const getResourcePolicyOperation: Operation<GetResourcePolicyRequest> = {
  name: 'GetResourcePolicy',
  access: 'describe',
  resources: policyResource,
  permissions: policyPermissions,
  handler: unmetered(getResourcePolicy),
}
