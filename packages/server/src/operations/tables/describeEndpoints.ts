import type { RequestContext } from '../../wire/dispatcher.ts'
import { noResources } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

/**
 * DescribeEndpoints: the host that was asked, which is where this server is; the public endpoint of
 * the Region for a request that names none.
 */
export async function describeEndpoints(
  { region }: Pick<Services, 'region'>,
  _request: object,
  { host }: Pick<RequestContext, 'host'>,
): Promise<object> {
  const Address = host ?? `dynamodb.${region}.amazonaws.com`
  return { Endpoints: [{ Address, CachePeriodInMinutes: 1440 }] }
}

export const describeEndpointsOperation: Operation<object> = {
  name: 'DescribeEndpoints',
  access: 'describe',
  resources: noResources,
  handler: unmetered(describeEndpoints),
}
