import { systemClock, type Clock } from '../clock.ts'
import { LabSession } from '../lab/labSession.ts'
import { openIndexedDatabase, type IndexedDatabase } from './indexedDatabase.ts'

/** A database without a socket, its lab, and an empty table Orders with the key `id`, a string. */
export interface LabbedDatabase extends IndexedDatabase {
  readonly session: LabSession
}

export async function openLabbed({
  clock = systemClock,
}: {
  readonly clock?: Clock
} = {}): Promise<LabbedDatabase> {
  const reset = (): Promise<void> => Promise.resolve()
  const session = new LabSession({ isInMemory: true, clock, reset, restore: reset })
  const time = session.time.begin(undefined)
  const parts = { clock: time.clock, keepsPast: true, ...session.parts }
  const database = await openIndexedDatabase(parts)
  session.attach({ ...database, settled: () => database.work.settled() }, time)
  await database.call('CreateTable', {
    TableName: 'Orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  return { ...database, session }
}
