import { expect, test } from 'vitest'
import { ApiError, modelledKind } from '../errors/apiError.ts'
import { namedTable } from '../operations/namedResources.ts'
import type { Operation } from '../operations/operation.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { RequestMetrics } from './requestMetrics.ts'
import { SeriesStore } from './seriesStore.ts'

const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'

function figuresAfter(name: string, members: Record<string, unknown>, operationName = 'PutItem') {
  const store = new SeriesStore(new ManualClock())
  const requests = new RequestMetrics(store)
  requests.follow({
    find: (asked) => ([arn, 'Orders'].includes(asked) ? { name: 'Orders' } : undefined),
  })
  const operation: Operation<never> = {
    name: operationName,
    access: 'write',
    resources: namedTable,
    handler: () => Promise.reject(new Error('not called')),
  }
  requests.answered({
    operation,
    request: { TableName: 'Orders' },
    answer: undefined,
    error: new ApiError(modelledKind(name), 'Slow down', members),
    startMs: 0,
    durationMs: 1,
    requestLength: 0,
    bodyBytes: 0,
  })
  const told = [...store.all()].filter(({ totalCount }) => totalCount > 0)
  return told.map(({ metric, dimensions, totalSum }) => [
    metric.name,
    dimensions.map(({ Value }) => Value).join(' '),
    totalSum,
  ])
}

test('a throttled request is one of its operation, and an event of each limit that it met', () => {
  const ThrottlingReasons = [
    { reason: 'TableWriteProvisionedThroughputExceeded', resource: arn },
    { reason: 'IndexWriteKeyRangeThroughputExceeded', resource: `${arn}/index/ByDay` },
    { reason: 'IndexWriteKeyRangeThroughputExceeded', resource: `${arn}s/index/ByDay` },
    { reason: 'Strange', resource: arn },
  ]
  expect(figuresAfter('ProvisionedThroughputExceededException', { ThrottlingReasons })).toEqual([
    ['ThrottledRequests', 'Orders PutItem', 1],
    ['WriteThrottleEvents', 'Orders', 1],
    ['WriteProvisionedThroughputThrottleEvents', 'Orders', 1],
    ['WriteThrottleEvents', 'Orders ByDay', 1],
    ['WriteKeyRangeThroughputThrottleEvents', 'Orders ByDay', 1],
  ])
})

test('the members of ThrottlingException are in lower case', () => {
  const throttlingReasons = [{ reason: 'TableReadMaxOnDemandThroughputExceeded', resource: arn }]
  expect(figuresAfter('ThrottlingException', { throttlingReasons })).toContainEqual([
    'ReadMaxOnDemandThroughputThrottleEvents',
    'Orders',
    1,
  ])
})

test('an operation on tables is none of those that are counted', () => {
  expect(figuresAfter('ThrottlingException', {}, 'UpdateTable')).toEqual([])
})

test('a transaction that was throttled is a user error, too', () => {
  const CancellationReasons = [{ Code: 'ThrottlingError' }, { Code: 'None' }]
  expect(figuresAfter('TransactionCanceledException', { CancellationReasons })).toEqual([
    ['UserErrors', '', 1],
    ['ThrottledRequests', 'Orders PutItem', 1],
  ])
})
