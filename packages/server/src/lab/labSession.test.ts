import { expect, test } from 'vitest'
import { openLabbed } from '../testing/labbedDatabase.ts'

const put = { TableName: 'Orders', Item: { id: { S: '1' } } }

test('rules are for requests alone, not for what the database asks of itself', async () => {
  const { call, session } = await openLabbed()
  session.faults.add({ error: { name: 'InternalServerError' } })
  expect(await call('PutItem', put)).toHaveProperty('__type', 'InternalServerError')
  expect(await call('PutItem', put, { requestId: '' })).toEqual({})
  expect(session.explanations.list(10)).toHaveLength(1)
})

test('nothing waits for the lab once it has let go', async () => {
  const { call, session, services } = await openLabbed()
  const items = [{ table: 'Orders', key: put.Item }]
  await session.holds.add(services, session.watch, items)
  session.stops.add({})
  session.faults.add({ operations: ['GetItem'], delayMs: 600_000 })
  const waiting = [
    call('GetItem', { TableName: 'Orders', Key: put.Item }),
    call('TransactWriteItems', { TransactItems: [{ Put: { ...put, Item: { id: { S: '2' } } } }] }),
  ]
  await expect.poll(() => session.stops.list()[0]?.stopped).toHaveLength(1)
  session.letGo()
  expect(await Promise.all(waiting)).toEqual([{}, {}])
  expect(await call('PutItem', put)).toEqual({})
  expect([session.faults.list(), session.holds.list(), session.stops.list()]).toEqual([[], [], []])
})
