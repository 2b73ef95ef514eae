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
  const session = new LabSession({ isInMemory: true, clock, reset })
  const database = await openIndexedDatabase({ clock, ...session.parts })
  session.attach(database)
  await database.call('CreateTable', {
    TableName: 'Orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  return { ...database, session }
}
