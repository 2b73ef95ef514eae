import { principalOfRoot } from '../access/rootKey.ts'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { InvariantViolation } from '../invariant.ts'
import { dispatcherOf, performOperation } from '../testing/performOperation.ts'
import { onlyReads, type Dispatcher, type RequestTrace } from '../wire/dispatcher.ts'
import { dynamodbCodec } from '../wire/dynamodbCodec.ts'
import { createDispatcher } from './dispatcher.ts'
import { emptyAnswer } from './emptyAnswer.ts'
import { dynamodb } from './registry.ts'
import { layersOf } from '../validation/layers.ts'
import type { Services } from './services.ts'

const context = { requestId: 'R', region: 'eu-west-1', accessKeyId: 'K' }

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )
}

/** What the log learns of a request, whether it fails or not. */
async function traceOf(
  dispatcher: Dispatcher,
  operation: string,
  body: string,
): Promise<RequestTrace> {
  const trace: RequestTrace = {}
  const found = dispatcher.find(`DynamoDB_20120810.${operation}`)
  try {
    await found?.perform(body, context, trace)
  } catch {
    // What was learnt of it is what matters.
  }
  return trace
}

describe('createDispatcher', () => {
  it('decodes, calls the handler with the context, and encodes', async () => {
    const seen: unknown[] = []
    const dispatcher = dispatcherOf({
      ListTables(request, given) {
        seen.push(request, given)
        return { TableNames: ['a'] }
      },
    })
    const body = await performOperation(dispatcher, 'ListTables', '{"Limit":5,"x":1}', context)
    expect(textOf(body)).toBe('{"TableNames":["a"]}')
    expect(seen).toEqual([{ Limit: 5 }, context])
  })

  it('has run a synchronous handler when it returns', async () => {
    let calls = 0
    const dispatcher = dispatcherOf({
      ListTables: () => {
        calls += 1
        return {}
      },
    })
    const answer = performOperation(dispatcher, 'ListTables', '{}', context)
    expect(calls).toBe(1)
    await answer
  })

  it('waits for asynchronous handlers', async () => {
    const dispatcher = dispatcherOf({ ListTables: () => Promise.resolve({ a: 1 }) })
    const body = await performOperation(dispatcher, 'ListTables', '{}', context)
    expect(textOf(body)).toBe('{"a":1}')
  })

  it('checks before it calls', async () => {
    const dispatcher = dispatcherOf({ ListTables: () => expect.unreachable() })
    const list = (body: string) => performOperation(dispatcher, 'ListTables', body, context)
    const wrongType = await rejection(list('{"Limit":"1"}'))
    const wrongValue = await rejection(list('{"Limit":0}'))
    expect((wrongType as ApiError).message).toBe('STRING_VALUE cannot be converted to Integer')
    expect((wrongValue as ApiError).message).toBe(
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    )
  })

  it('finds the operations that it has by their targets', () => {
    const dispatcher = dispatcherOf({ ListTables: () => ({}) })
    expect(dispatcher.find('DynamoDB_20120810.ListTables')?.name).toBe('ListTables')
    for (const target of ['DynamoDB_20120810.DescribeTable', 'ListTables', '', '__proto__']) {
      expect(dispatcher.find(target)).toBe(undefined)
    }
  })

  it('says of operations that it has not whether AWS has them', () => {
    const { refusalOf } = dispatcherOf({ ListTables: () => ({}) })
    const unavailable = refusalOf('DynamoDB_20120810.CreateBackup')
    expect(unavailable.kind.name).toBe('UnknownOperationException')
    expect(unavailable.message).toBe('The operation CreateBackup is not available in Dynatom yet.')
    const unknown = ['DynamoDB_20120810.Nothing', 'DAX_20170419.GetItem', 'DynamoDB_20120810', '']
    for (const target of [...unknown, 'DynamoDB_20120810.constructor']) {
      const error = refusalOf(target)
      expect(error.kind.name).toBe('UnknownOperationException')
      expect(error.hasMessage).toBe(false)
    }
  })

  it('says so of every operation of the model that it has not', () => {
    const { find, refusalOf } = createDispatcher([dynamodb], {} as Services, layersOf('us-east-1'))
    const missing = [...dynamodbCodec.operationNames()].filter(
      (name) => find(`DynamoDB_20120810.${name}`) === undefined,
    )
    expect(missing).toEqual(expect.arrayContaining(['CreateBackup', 'StartBulkPutItems']))
    for (const name of missing) {
      const { kind, message } = refusalOf(`DynamoDB_20120810.${name}`)
      expect(`${kind.name}: ${message}`).toBe(
        `UnknownOperationException: The operation ${name} is not available in Dynatom yet.`,
      )
    }
  })

  it('names targets without the prefixes that it knows', () => {
    const { nameOf } = dispatcherOf({})
    expect(nameOf('DynamoDB_20120810.CreateBackup')).toBe('CreateBackup')
    expect(nameOf('DynamoDB_20120810.Nothing')).toBe('Nothing')
    expect(nameOf('DAX_20170419.GetItem')).toBe('DAX_20170419.GetItem')
    expect(nameOf('')).toBe('')
  })

  it('refuses operations that do not exist', () => {
    expect(() => dispatcherOf({ ListTable: () => ({}) })).toThrow(InvariantViolation)
  })

  it('answers without a body where a handler has none', async () => {
    const dispatcher = dispatcherOf({ TagResource: () => Promise.resolve(emptyAnswer) })
    const body = '{"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/tab","Tags":[]}'
    expect(await performOperation(dispatcher, 'TagResource', body, context)).toHaveLength(0)
  })

  it('passes on what a handler throws', async () => {
    const bug = new TypeError('x')
    const dispatcher = dispatcherOf({
      ListTables() {
        throw bug
      },
      DescribeLimits: () => Promise.reject(bug),
    })
    for (const operation of ['ListTables', 'DescribeLimits']) {
      expect(await rejection(performOperation(dispatcher, operation, '{}', context))).toBe(bug)
    }
  })

  it('traces what a request names, good or bad, and the units that it consumed', async () => {
    const dispatcher = dispatcherOf({ GetItem: () => ({}), ListTables: () => ({}) }, { GetItem: 6 })
    expect(await traceOf(dispatcher, 'GetItem', '{"TableName":"tab","Key":{}}')).toEqual({
      tableName: 'tab',
      consumedUnits: 6,
    })
    expect(await traceOf(dispatcher, 'GetItem', '{"TableName":"t"}')).toEqual({ tableName: 't' })
    expect(await traceOf(dispatcher, 'ListTables', '{}')).toEqual({})
  })

  it('traces all names of a request once', async () => {
    const dispatcher = createDispatcher([dynamodb], {} as Services, layersOf('us-east-1'))
    const items = ['a', 'b', 'a'].map((TableName) => ({ Get: { TableName } }))
    const body = JSON.stringify({ TransactItems: [...items, { Get: {} }, {}] })
    expect(await traceOf(dispatcher, 'TransactGetItems', body)).toEqual({ tableName: 'a,b' })
  })
})

it('performs nothing for a principal whom nobody is asked about', async () => {
  const dispatcher = createDispatcher([dynamodb], {} as Services, layersOf('us-east-1'))
  const proven = { ...context, principal: principalOfRoot('123456789012') }
  const asked = performOperation(dispatcher, 'ListTables', '{}', proven)
  expect(await rejection(asked)).toBeInstanceOf(InvariantViolation)
})

it('tells reads from what may wait for a commit', () => {
  expect(onlyReads('read')).toBe(true)
  expect(onlyReads('describe')).toBe(true)
  expect(onlyReads('write')).toBe(false)
  expect(onlyReads('control')).toBe(false)
})
