import type { Services } from '../services.ts'

/** DescribeEndpoints: the public endpoint of the Region that this server plays. */
export async function describeEndpoints({ region }: Pick<Services, 'region'>): Promise<object> {
  return {
    Endpoints: [{ Address: `dynamodb.${region}.amazonaws.com`, CachePeriodInMinutes: 1440 }],
  }
}
