import { keepDatabase, keptDatabase } from './jestRun.ts'

/** Run once, when all tests are over. */
export default async function teardown(): Promise<void> {
  await keptDatabase()?.close()
  keepDatabase(undefined)
}
