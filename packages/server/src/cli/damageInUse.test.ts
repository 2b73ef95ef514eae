import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreUnavailable } from '../storage/engine.ts'
import { verifyStoreFile } from '../storage/lmdb/storeFile.ts'
import type { WorkEvent } from '../upkeep/workFailures.ts'
import { soon } from '../testing/soon.ts'
import { createDatabase } from './createDatabase.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dynatom-damage-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A store that was closed in good order, and of which a bit has flipped since, unseen. */
async function damagedStore(): Promise<void> {
  const table = {
    TableName: 'Damaged',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  } as const
  const options = { dataDirectory: directory, verifyStore: 'after-crash' } as const
  await (await createDatabase({ ...options, tables: [table] })).close()
  const file = join(directory, 'store', 'data.mdb')
  const bytes = readFileSync(file)
  for (let at = -1; (at = bytes.indexOf('"PAY_PER', at + 1)) >= 0; ) bytes.write('"QAY', at)
  writeFileSync(file, bytes)
  const { mark } = await verifyStoreFile(file, { extent: 'beginning' })
  writeFileSync(join(directory, 'clean-stop'), mark)
}

test('damage that is found while a store is in use is told, and health fails', async () => {
  await damagedStore()
  const events: WorkEvent[] = []
  const failures: Error[] = []
  const db = await createDatabase({
    dataDirectory: directory,
    verifyStore: 'after-crash',
    onBackgroundWork: (event) => events.push(event),
    onStoreFailure: (error) => failures.push(error),
  })
  const { endpoint } = await db.listen({ port: 0 })
  expect((await fetch(endpoint)).status).toBe(200)
  await soon(() => expect(failures).toHaveLength(1))
  expect(failures[0]).toBeInstanceOf(StoreUnavailable)
  const error = failures[0]?.message as string
  expect(error).toMatch(/ is damaged, .* does not match its checksum\); restore the data directory/)
  expect(events).toEqual([{ kind: 'ended', job: 'proving the store', error }])
  const health = await fetch(endpoint)
  expect(health.status).toBe(503)
  expect(await health.text()).toBe('unhealthy: the store is damaged, see the log\n')
  await db.close()
  await expect(createDatabase({ dataDirectory: directory })).rejects.toThrow(error)
})

test('without being told otherwise a database proves its store before it is used', async () => {
  await damagedStore()
  await expect(createDatabase({ dataDirectory: directory })).rejects.toThrow('is damaged')
  await expect(
    createDatabase({ dataDirectory: directory, verifyStore: 'never' as 'after-crash' }),
  ).rejects.toThrow(
    new RangeError(`never is not a value of verifyStore: it takes true, false, 'after-crash'.`),
  )
})
