import { beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { maxNotedMeetings } from '../../limits.ts'
import { HeldTransactions } from '../../testing/heldTransactions.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { LabSession } from '../labSession.ts'
import { Lookout, type WatchedStore } from './lookout.ts'
import { Sight } from './sight.ts'
import { transactionsInSight } from './transactionsInSight.ts'

let held: HeldTransactions
let lookout: Lookout
let database: IndexedDatabase

beforeEach(async () => {
  held = new HeldTransactions()
  const nothing = (): Promise<void> => Promise.resolve()
  const host = { isInMemory: true, clock: systemClock, reset: nothing, restore: nothing }
  lookout = new Lookout({
    clock: systemClock,
    open: () => Promise.resolve(new LabSession(host)),
    lab: undefined,
  })
  database = await openIndexedDatabase({
    onlookers: {
      points: held,
      watcher: undefined,
      performer: undefined,
      onMeeting: lookout.onMeeting,
    },
  })
  lookout.attach(database as unknown as WatchedStore)
  await database.call('CreateTable', {
    TableName: 'Orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
})

const keyOf = (id: string) => ({ id: { S: id } })
const put = (id: string) => ({
  Put: { TableName: 'Orders', Item: { ...keyOf(id), text: { S: 'secret' } } },
})
const ada = { requestId: 'REQUEST-OF-ADA', accessKeyId: 'ada' }
const bob = { requestId: 'REQUEST-OF-BOB', accessKeyId: 'bob' }

/** Does something while a transaction of ada holds items. */
async function whileHeld(ids: readonly string[], work: () => Promise<unknown>): Promise<void> {
  held.hold('judged')
  const body = { TransactItems: ids.map(put) }
  const holding = database.call('TransactWriteItems', body, ada)
  await held.waits()
  await work()
  held.letGo()
  await holding
}

const inSight = async () => {
  const watch = await lookout.look()
  return transactionsInSight(watch, new Sight(watch.store, undefined))
}

const adaHolds = (...ids: readonly string[]) => ({
  requestId: 'REQUEST-OF-ADA',
  operation: 'TransactWriteItems',
  caller: 'ada',
  actions: ids.map((id) => ({ action: 'Put', table: 'Orders', key: keyOf(id) })),
})
const at = expect.stringMatching(/Z$/) as unknown

test('who met whom on which item is known from before anybody looked', async () => {
  await whileHeld(['1', '2'], async () => {
    const Item = { ...keyOf('1'), text: { S: 'secret' } }
    await database.call('PutItem', { TableName: 'Orders', Item }, bob)
    const reads = ['9', '2'].map((id) => ({ Get: { TableName: 'Orders', Key: keyOf(id) } }))
    await database.call('TransactGetItems', { TransactItems: reads }, bob)
    const TransactItems = [put('8'), put('2'), put('1')]
    await database.call('TransactWriteItems', { TransactItems }, bob)
    const Statement = `DELETE FROM "Orders" WHERE id = '2'`
    const TransactStatements = [{ Statement }]
    await database.call('ExecuteTransaction', { TransactStatements }, bob)
  })
  const refusedAt = (id: string, operation: string, position: number, action: string) => ({
    at,
    table: 'Orders',
    key: keyOf(id),
    refused: { requestId: 'REQUEST-OF-BOB', operation, caller: 'bob', position, action },
    met: adaHolds('1', '2'),
  })
  const seen = await inSight()
  expect(seen.conflicts).toEqual([
    refusedAt('2', 'ExecuteTransaction', 0, 'Delete'),
    refusedAt('2', 'TransactWriteItems', 1, 'Put'),
    refusedAt('1', 'TransactWriteItems', 2, 'Put'),
    refusedAt('2', 'TransactGetItems', 1, 'Get'),
    refusedAt('1', 'PutItem', 0, 'Put'),
  ])
  expect(JSON.stringify(seen)).not.toContain('secret')
})

test('other refusals are not among them', async () => {
  const TransactItems = [
    { ConditionCheck: { TableName: 'Orders', Key: keyOf('1'), ConditionExpression: 'a = id' } },
  ]
  await database.call('TransactWriteItems', { TransactItems }, bob)
  expect((await inSight()).conflicts).toEqual([])
})

test('the last are remembered, of a large holder its first items, until there is another store', async () => {
  const ids = Array.from({ length: 30 }, (_, i) => String(i))
  await whileHeld(ids, async () => {
    for (let n = 0; n <= maxNotedMeetings; n++) {
      const body = { TableName: 'Orders', Key: keyOf('0') }
      await database.call('DeleteItem', body, { ...bob, requestId: `REQUEST-${n}` })
    }
  })
  const { conflicts } = await inSight()
  const requestIds = conflicts.map(({ refused }) => refused.requestId)
  expect(requestIds).toHaveLength(maxNotedMeetings)
  expect([requestIds[0], requestIds.at(-1)]).toEqual([`REQUEST-${maxNotedMeetings}`, 'REQUEST-1'])
  expect(conflicts[0]?.met).toEqual({ ...adaHolds(...ids.slice(0, 25)), more: 5 })
  lookout.attach(database as unknown as WatchedStore)
  expect((await inSight()).conflicts).toEqual([])
})
