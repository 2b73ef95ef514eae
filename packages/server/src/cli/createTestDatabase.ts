import { createDatabase, type DatabaseOptions, type LabDatabase } from './createDatabase.ts'

/** What a database for a test may be opened with. */
export type TestDatabaseOptions = Omit<DatabaseOptions, 'inMemory' | 'dataDirectory' | 'lab'>

/** `createDatabase` in memory, with the lab on, and nothing more. */
export function createTestDatabase(options: TestDatabaseOptions = {}): Promise<LabDatabase> {
  return createDatabase({ ...options, inMemory: true, lab: true })
}
