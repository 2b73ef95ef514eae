import { expect, test, vi } from 'vitest'
import { InvariantViolation } from '../invariant.ts'
import { transactionConflict } from '../errors/itemErrors.ts'
import { resourceNotFound } from '../errors/tableErrors.ts'
import { conflictReason, noReason, transactionCanceled } from '../errors/transactionErrors.ts'
import { earlyStartOf, startedEarly } from './earlyStart.ts'
import { dynamodb, dynamodbStreams } from './registry.ts'

const answer = (name: string) => ({ response: { name }, usage: [] })

test('operations that read, and those that are one commit, do not wait for the tables', () => {
  const starts = [...dynamodb.operations, ...dynamodbStreams.operations].map((operation) => [
    operation.name,
    earlyStartOf(operation, { Statement: ' select * from t' }),
  ])
  expect(Object.fromEntries(starts.filter(([, start]) => start !== undefined))).toEqual({
    BatchGetItem: 'read',
    GetItem: 'read',
    Query: 'read',
    Scan: 'read',
    TransactGetItems: 'read',
    SearchVectors: 'read',
    GetRecords: 'read',
    GetShardIterator: 'read',
    ExecuteStatement: 'read',
    ExecuteTransaction: 'write',
    DeleteItem: 'write',
    PutItem: 'write',
    UpdateItem: 'write',
    TransactWriteItems: 'write',
  })
})

test('statements read or write as the first of them begins', () => {
  const one = { name: 'ExecuteStatement', access: 'write' } as const
  const several = { name: 'ExecuteTransaction', access: 'write' } as const
  const [select, insert] = ['\nSELECT * FROM t', 'INSERT INTO t VALUE {}']
  expect(earlyStartOf(one, { Statement: select })).toBe('read')
  expect(earlyStartOf(one, { Statement: insert })).toBe('write')
  expect(earlyStartOf(several, { TransactStatements: [{ Statement: select }] })).toBe('read')
  expect(earlyStartOf(several, { TransactStatements: [{ Statement: insert }] })).toBe('write')
})

test.each(['read', 'write'] as const)(
  'a %s on tables that are known is made once',
  async (start) => {
    const handle = vi.fn(() => answer('first'))
    expect(await startedEarly(start, Promise.resolve(true), handle)).toEqual(answer('first'))
    expect(handle).toHaveBeenCalledTimes(1)
  },
)

test('a read on tables that were not known is made again, whatever came of it', async () => {
  for (const first of [() => answer('first'), () => Promise.reject(resourceNotFound())]) {
    const handle = vi.fn(() => answer('second')).mockImplementationOnce(first as never)
    expect(await startedEarly('read', Promise.resolve(false), handle)).toEqual(answer('second'))
  }
})

test('a write on tables that were not known is made again when they may have refused it', async () => {
  const handle = vi
    .fn(() => answer('second'))
    .mockImplementationOnce(() => {
      throw resourceNotFound()
    })
  expect(await startedEarly('write', Promise.resolve(false), handle)).toEqual(answer('second'))
  const succeeding = vi.fn(() => answer('first'))
  expect(await startedEarly('write', Promise.resolve(false), succeeding)).toEqual(answer('first'))
  expect(succeeding).toHaveBeenCalledTimes(1)
})

test.each([
  ['a conflict', transactionConflict()],
  ['a conflict of a transaction', transactionCanceled([noReason, conflictReason])],
  ['a fault of our own', new InvariantViolation('broken')],
])('%s ends a write that did not know its tables', async (_, error) => {
  const handle = vi.fn(() => Promise.reject(error))
  await expect(startedEarly('write', Promise.resolve(false), handle)).rejects.toBe(error)
  expect(handle).toHaveBeenCalledTimes(1)
})

test('who cannot learn of the tables is told why', async () => {
  const failure = new Error('no node leads')
  const handle = vi.fn(() => Promise.reject(new Error('nor here')))
  await expect(startedEarly('read', Promise.reject(failure), handle)).rejects.toBe(failure)
})
