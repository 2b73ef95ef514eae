import { beforeEach, describe, expect, it } from 'vitest'
import { HeldTransactions } from '../../testing/heldTransactions.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { allRecords, tableWithStream } from '../../testing/streamReads.ts'

let points: HeldTransactions
let call: IndexedDatabase['call']

beforeEach(async () => {
  points = new HeldTransactions()
  call = (await openIndexedDatabase({ points })).call
  await call('CreateTable', tableWithStream('Orders'))
})

const execute = (Statement: string) => call('ExecuteStatement', { Statement })
const transact = (...statements: readonly string[]) =>
  call('ExecuteTransaction', {
    TransactStatements: statements.map((Statement) => ({ Statement })),
  })
const insert = (pk: string): string => `INSERT INTO Orders VALUE {'pk': '${pk}', 'v': 1}`
const update = (pk: string): string => `UPDATE Orders SET v = v + 1 WHERE pk = '${pk}'`
const removal = (pk: string): string => `DELETE FROM Orders WHERE pk = '${pk}'`
const select = (pk: string): string => `SELECT * FROM Orders WHERE pk = '${pk}'`

describe('while a transaction of statements is under way', () => {
  const Message = 'Transaction is ongoing for the item'
  const conflict = { Code: 'TransactionConflict', Message }

  it('what needs its items is refused, and reads are of what was there', async () => {
    await execute(insert('a'))
    points.hold('claimed')
    const transaction = transact(update('a'), insert('b'))
    await points.waits()
    expect(await execute(update('a'))).toEqual({
      __type: 'TransactionConflictException',
      message: Message,
    })
    expect(await execute(select('a'))).toEqual({ Items: [{ pk: { S: 'a' }, v: { N: '1' } }] })
    const Statements = [removal('b'), update('a')].map((Statement) => ({ Statement }))
    expect(await call('BatchExecuteStatement', { Statements })).toEqual({
      Responses: Statements.map(() => ({ TableName: 'Orders', Error: conflict })),
    })
    for (const statements of [
      [insert('c'), removal('a')],
      [select('c'), select('a')],
    ]) {
      expect(await transact(...statements)).toMatchObject({
        __type: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'None' }, conflict],
      })
    }
    points.letGo()
    expect(await transaction).toEqual({ Responses: [] })
    expect(await execute(select('a'))).toEqual({ Items: [{ pk: { S: 'a' }, v: { N: '2' } }] })
  })
})

describe('the stream of a table', () => {
  it('has the changes that statements make, however they are sent', async () => {
    await execute(insert('a'))
    await execute(insert('a'))
    await execute(update('a'))
    await execute(`UPDATE Orders SET v = 2 WHERE pk = 'a'`)
    await execute(update('gone'))
    await call('BatchExecuteStatement', { Statements: [{ Statement: insert('b') }] })
    await transact(removal('a'), update('b'))
    await transact(removal('gone'), insert('b'))
    const records = await allRecords(call, 'Orders')
    const changes = records.map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) => [
      eventName,
      Keys['pk'],
      OldImage?.['v'],
      NewImage?.['v'],
    ])
    expect(changes).toEqual([
      ['INSERT', { S: 'a' }, undefined, { N: '1' }],
      ['MODIFY', { S: 'a' }, { N: '1' }, { N: '2' }],
      ['INSERT', { S: 'b' }, undefined, { N: '1' }],
      ['REMOVE', { S: 'a' }, { N: '2' }, undefined],
      ['MODIFY', { S: 'b' }, { N: '1' }, { N: '2' }],
    ])
  })
})
