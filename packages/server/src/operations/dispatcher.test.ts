import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import { InvariantViolation } from '../invariant.ts'
import { createDispatcher } from './dispatcher.ts'
import type { RequestTrace } from './dispatcher.ts'

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

describe('createDispatcher', () => {
  it('decodes, calls the handler with the context, and encodes', async () => {
    const seen: unknown[] = []
    const dispatcher = createDispatcher({
      ListTables(request, given) {
        seen.push(request, given)
        return { TableNames: ['a'] }
      },
    })
    const body = await dispatcher.dispatch('ListTables', '{"Limit":5,"x":1}', context)
    expect(textOf(body)).toBe('{"TableNames":["a"]}')
    expect(seen).toEqual([{ Limit: 5 }, context])
  })

  it('has run a synchronous handler when it returns', async () => {
    let calls = 0
    const dispatcher = createDispatcher({
      ListTables: () => {
        calls += 1
        return {}
      },
    })
    const answer = dispatcher.dispatch('ListTables', '{}', context)
    expect(calls).toBe(1)
    await answer
  })

  it('waits for asynchronous handlers', async () => {
    const dispatcher = createDispatcher({ ListTables: () => Promise.resolve({ a: 1 }) })
    expect(textOf(await dispatcher.dispatch('ListTables', '{}', context))).toBe('{"a":1}')
  })

  it('checks before it calls', async () => {
    const dispatcher = createDispatcher({ ListTables: () => expect.unreachable() })
    const wrongType = await rejection(dispatcher.dispatch('ListTables', '{"Limit":"1"}', context))
    const wrongValue = await rejection(dispatcher.dispatch('ListTables', '{"Limit":0}', context))
    expect((wrongType as ApiError).message).toBe('STRING_VALUE cannot be converted to Integer')
    expect((wrongValue as ApiError).message).toBe(
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    )
  })

  it('knows the operations that it has handlers for', async () => {
    const dispatcher = createDispatcher({ ListTables: () => ({}) })
    expect(dispatcher.performs('ListTables')).toBe(true)
    for (const operation of ['DescribeTable', '', 'constructor', '__proto__']) {
      expect(dispatcher.performs(operation)).toBe(false)
      const error = await rejection(dispatcher.dispatch(operation, 'no JSON', context))
      expect((error as ApiError).kind.name).toBe('UnknownOperationException')
    }
  })

  it('refuses handlers for operations that do not exist', () => {
    expect(() => createDispatcher({ ListTable: () => ({}) })).toThrow(InvariantViolation)
  })

  it('passes on what a handler throws', async () => {
    const bug = new TypeError('x')
    const dispatcher = createDispatcher({
      ListTables() {
        throw bug
      },
      DescribeLimits: () => Promise.reject(bug),
      DescribeEndpoints: () => undefined,
    })
    expect(await rejection(dispatcher.dispatch('ListTables', '{}', context))).toBe(bug)
    expect(await rejection(dispatcher.dispatch('DescribeLimits', '{}', context))).toBe(bug)
    expect(await rejection(dispatcher.dispatch('DescribeEndpoints', '{}', context))).toBeInstanceOf(
      InvariantViolation,
    )
  })

  it('traces the table and the consumed units', async () => {
    const dispatcher = createDispatcher({
      GetItem: () => ({}),
      TransactGetItems: (_request, itsContext) => {
        itsContext.consumedUnits = 6
        return {}
      },
      ListTables: () => ({}),
    })
    const traces: RequestTrace[] = [{}, {}, {}]
    const bodies = {
      GetItem: '{"TableName":"t","Key":{}}',
      TransactGetItems: '{"TransactItems":[{"Get":{"TableName":"t","Key":{}}}]}',
      ListTables: '{}',
    }
    for (const [index, [operation, body]] of Object.entries(bodies).entries()) {
      await dispatcher.dispatch(operation, body, { ...context }, traces[index])
    }
    expect(traces).toEqual([{ tableName: 't' }, { tableName: 't', consumedUnits: 6 }, {}])
  })
})
