import { describe, expect, test } from 'vitest'
import { dynamodb, dynamodbStreams } from '../../operations/registry.ts'
import { openLabbed } from '../../testing/labbedDatabase.ts'
import { errorOfFault } from './errorOfFault.ts'
import type { FaultError } from './faultRule.ts'

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Orders'
const id = { id: { S: '1' } }

async function answerTo(operation: string, request: object, error: FaultError): Promise<unknown> {
  const { session, call } = await openLabbed()
  session.faults.add({ next: 1, error })
  return call(operation, request)
}

const put = { TableName: 'Orders', Item: id }
const two = { TransactItems: [put, { ...put, Item: { id: { S: '2' } } }].map((Put) => ({ Put })) }
const ofPut = (error: FaultError): Promise<unknown> => answerTo('PutItem', put, error)
const ofTwo = (error: Partial<FaultError>): Promise<unknown> =>
  answerTo('TransactWriteItems', two, { name: 'TransactionCanceledException', ...error })

describe('an error of a fault', () => {
  test('RequestLimitExceeded', async () => {
    expect(await ofPut({ name: 'RequestLimitExceeded' })).toEqual({
      __type: 'RequestLimitExceeded',
      message:
        'Throughput exceeds the current throughput limit for your account. To request a limit ' +
        'increase, contact AWS Support at https://aws.amazon.com/support.',
      ThrottlingReasons: [{ reason: 'TableWriteAccountLimitExceeded', resource: arn }],
    })
  })

  test('ThrottlingException', async () => {
    const error = { name: 'ThrottlingException' }
    expect(await answerTo('Scan', { TableName: 'Orders' }, error)).toMatchObject({
      __type: 'ThrottlingException',
      throttlingReasons: [{ reason: 'TableReadKeyRangeThroughputExceeded', resource: arn }],
    })
    expect(await answerTo('ListTables', {}, error)).toMatchObject({
      throttlingReasons: [{ resource: '*' }],
    })
  })

  test.each([
    [
      'ReplicatedWriteConflictException',
      'One or more items in this request are being modified by a request in another Region.',
    ],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
    ['ExpiredTokenException', 'The security token included in the request is expired'],
    ['AccessDeniedException', undefined],
    ['ServiceUnavailable', 'Service is temporarily unavailable'],
    ['ValidationException', 'The request was refused because a test asked for it.'],
    ['ItemCollectionSizeLimitExceededException', undefined],
    ['ResourceNotFoundException', 'Requested resource not found'],
  ])('%s', async (name, message) => {
    const answer = (await ofPut({ name })) as Record<string, unknown>
    expect(answer['__type']).toBe(name)
    if (message !== undefined) expect(answer['message']).toBe(message)
  })

  test.each([
    ['LimitExceededException', 'Too many operations for a given subscriber.'],
    ['ResourceInUseException', 'The resource which you are attempting to change is in use.'],
  ])('%s', async (name, message) => {
    const answer = await answerTo('DeleteTable', { TableName: 'Orders' }, { name })
    expect(answer).toEqual({ __type: name, message })
  })

  test('words of a test take the place of its own, beside its members', async () => {
    const error = { name: 'ProvisionedThroughputExceededException', message: 'Slower.' }
    expect(await ofPut(error)).toEqual({
      __type: error.name,
      message: 'Slower.',
      ThrottlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: arn }],
    })
    expect(await ofPut({ name: 'InternalServerError', message: 'Oh.' })).toEqual({
      __type: 'InternalServerError',
      message: 'Oh.',
    })
  })

  test.each([
    ['TransactionConflict', 'Transaction is ongoing for the item'],
    ['ConditionalCheckFailed', 'The conditional request failed'],
    ['DuplicateItem', undefined],
    ['ItemCollectionSizeLimitExceeded', undefined],
    ['ProvisionedThroughputExceeded', undefined],
    ['ThrottlingError', undefined],
    ['ValidationError', 'The request was refused because a test asked for it.'],
  ])('cancels at a position: %s', async (code, Message) => {
    const answer = (await ofTwo({ code, positions: [1] })) as {
      readonly CancellationReasons: readonly { readonly Code: string; readonly Message: string }[]
    }
    const [first, second] = answer.CancellationReasons
    expect(first).toEqual({ Code: 'None' })
    expect(second?.Code).toBe(code)
    if (Message === undefined) expect(second?.Message).not.toBe('')
    else expect(second?.Message).toBe(Message)
  })

  test('a position that a transaction does not have leaves it alone', async () => {
    expect(await ofTwo({ positions: [2] })).toEqual({})
  })
})

test('any error of any operation has the shape that the model gives it', async () => {
  const { services } = await openLabbed()
  const context = { requestId: 'R', region: 'us-east-1', accessKeyId: 'K' }
  const names = new Set<string>()
  for (const { codec, operations } of [dynamodb, dynamodbStreams]) {
    for (const operation of operations) {
      const asked = { operation, services, request: {}, context }
      for (const name of codec.model.errorNames(operation.name)) {
        const {
          kind,
          members = {},
          message,
        } = errorOfFault({ name }, { id: '1', rule: {}, keys: [] }, asked)
        const { fault = false, members: modelled = {} } = codec.model.shapeOf(name)
        const known = Object.keys(modelled)
        expect(kind).toMatchObject({ name, statusCode: fault ? 500 : 400 })
        expect(known, `${operation.name} ${name}`).toContain(kind.messageMember)
        expect(Object.keys(members).filter((member) => !known.includes(member))).toEqual([])
        expect(message).not.toBe('')
        names.add(name)
      }
    }
  }
  expect(names.size).toBeGreaterThan(15)
})
