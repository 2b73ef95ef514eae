import { expect, test } from 'vitest'
import { parseIdentities } from '../../access/identities/parseIdentities.ts'
import type { Principal } from '../../access/accessKeys.ts'
import { systemClock } from '../../clock.ts'
import type { Metrics } from '../metrics.ts'
import { createCloudWatchDispatcher } from './cloudWatchDispatcher.ts'

function userWith(Action: string): Principal {
  const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } }
  const accessKeys = [{ accessKeyId: 'K', secretAccessKey: 's' }]
  const file = { users: { app: { policies: [policy], accessKeys } } }
  return parseIdentities(JSON.stringify(file), '123456789012').find('K')?.principal as Principal
}

const metrics = new Error('the metrics are read')

test.each(['GetMetricData', 'GetMetricStatistics', 'ListMetrics'])(
  '%s needs the action of CloudWatch that has its name',
  async (name) => {
    const { find, prefix } = createCloudWatchDispatcher(
      (): Promise<Metrics> => Promise.reject(metrics),
      systemClock,
    )
    const perform = async (action: string): Promise<unknown> =>
      find(`${prefix}${name}`)?.perform('{}', {
        requestId: '',
        region: 'us-east-1',
        accessKeyId: 'K',
        principal: userWith(action),
      })
    await expect(perform(`cloudwatch:${name}`)).rejects.toBe(metrics)
    await expect(perform('dynamodb:*')).rejects.toThrow(
      'User: arn:aws:iam::123456789012:user/app is not authorized to perform: ' +
        `cloudwatch:${name} on resource: * because no identity-based policy allows the ` +
        `cloudwatch:${name} action`,
    )
  },
)
