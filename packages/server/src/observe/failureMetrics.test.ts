import { expect, test } from 'vitest'
import { ApiError, modelledKind } from '../errors/apiError.ts'
import { throttled, type Refusal } from '../errors/throttlingErrors.ts'
import { transactionThrottled } from '../errors/transactionErrors.ts'
import { namedTable } from '../operations/namedResources.ts'
import type { Operation } from '../operations/operation.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { RequestMetrics } from './requestMetrics.ts'
import { SeriesStore } from './seriesStore.ts'

const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'

function figuresAfter(error: ApiError, operationName = 'PutItem') {
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
    error,
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

const refusalOf = (reason: string, resource: string): Refusal => ({
  mode: 'PROVISIONED',
  reasons: [{ reason, resource }],
})

test('a throttled request is one of its operation, and an event of each limit that it met', () => {
  const reasons = [
    { reason: 'TableWriteProvisionedThroughputExceeded', resource: arn },
    { reason: 'TableWriteKeyRangeThroughputExceeded', resource: arn },
    { reason: 'IndexWriteKeyRangeThroughputExceeded', resource: `${arn}/index/ByDay` },
    { reason: 'IndexWriteKeyRangeThroughputExceeded', resource: `${arn}s/index/ByDay` },
    { reason: 'Strange', resource: arn },
  ]
  expect(figuresAfter(throttled([{ mode: 'PROVISIONED', reasons }]))).toEqual([
    ['WriteThrottleEvents', 'Orders', 1],
    ['WriteProvisionedThroughputThrottleEvents', 'Orders', 1],
    ['WriteKeyRangeThroughputThrottleEvents', 'Orders', 1],
    ['WriteThrottleEvents', 'Orders ByDay', 1],
    ['WriteKeyRangeThroughputThrottleEvents', 'Orders ByDay', 1],
    ['ThrottledRequests', 'Orders PutItem', 1],
  ])
})

test('each item of a batch is an event of its own', () => {
  const refusal = refusalOf('TableReadMaxOnDemandThroughputExceeded', arn)
  expect(figuresAfter(throttled([refusal, refusal]), 'BatchGetItem')).toEqual([
    ['ReadThrottleEvents', 'Orders', 2],
    ['ReadMaxOnDemandThroughputThrottleEvents', 'Orders', 2],
    ['ThrottledRequests', 'Orders BatchGetItem', 1],
  ])
})

test('throttling that says nothing of its reasons is no event', () => {
  const error = new ApiError(modelledKind('ThrottlingException'), 'Slow down')
  expect(figuresAfter(error)).toEqual([['ThrottledRequests', 'Orders PutItem', 1]])
})

test('an operation on tables is none of those that are counted', () => {
  const error = new ApiError(modelledKind('ThrottlingException'), 'Slow down')
  expect(figuresAfter(error, 'UpdateTable')).toEqual([])
})

test('a transaction that was throttled is a user error, too', () => {
  const refusal = refusalOf('TableWriteProvisionedThroughputExceeded', arn)
  expect(figuresAfter(transactionThrottled([refusal, undefined]))).toEqual([
    ['WriteThrottleEvents', 'Orders', 1],
    ['WriteProvisionedThroughputThrottleEvents', 'Orders', 1],
    ['UserErrors', '', 1],
    ['ThrottledRequests', 'Orders PutItem', 1],
  ])
})
