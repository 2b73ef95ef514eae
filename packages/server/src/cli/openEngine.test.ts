import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StorageFailure } from '../storage/engine.ts'
import { SpaceInHand } from '../storage/lmdb/spaceInHand.ts'
import { WorkFailures, type WorkEvent } from '../upkeep/workFailures.ts'
import { soon } from '../testing/soon.ts'
import { openEngine } from './openEngine.ts'

let dataDirectory = ''
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-engine-'))
})
afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }))

test('a journal that cannot be moved for want of space is told of, and so is that it can again', async () => {
  const events: WorkEvent[] = []
  const failures = new WorkFailures((event) => void events.push(event))
  const engine = await openEngine({ dataDirectory, failures, maxJournalBytes: 2000 })
  const noSpace = 'no space is left on the disk for the store'
  const reserve = vi
    .spyOn(SpaceInHand.prototype, 'reserve')
    .mockRejectedValue(new StorageFailure(noSpace))
  const writeOf = (text: string) => ({ key: Buffer.from(text), value: Buffer.alloc(500, text) })
  for (const text of ['a', 'b', 'c', 'd', 'e']) await engine.commit([], [writeOf(text)])
  const job = 'moving the journal into the store'
  await soon(() => expect(events).not.toEqual([]))
  const [first] = events
  expect(first).toEqual({ kind: 'failed', job, error: noSpace, attempt: 1, nextTryMs: 1000 })
  expect(failures.count).toBe(1)
  expect(await engine.get(Buffer.from('a'))).toEqual(writeOf('a').value)
  reserve.mockRestore()
  await soon(() => expect(failures.count).toBe(0))
  expect(events.at(-1)).toMatchObject({ kind: 'recovered', job })
  await engine.close()
})
