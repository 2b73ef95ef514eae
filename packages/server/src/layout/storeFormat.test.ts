import { expect, test } from 'vitest'
import { StorageConflict, StoreUnavailable, type Entry } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { ensureStoreFormat, otherFormat, readStoreFormat, requireCurrent } from './storeFormat.ts'
import {
  accountKey,
  catalogVersionKey,
  formatKey,
  itemsRange,
  setOrderKey,
  tableRecordKey,
} from './storeKeys.ts'

async function storeWithMark(mark: string): Promise<MemoryEngine> {
  const engine = new MemoryEngine()
  await engine.commit([], [{ key: formatKey, value: Buffer.from(mark) }])
  return engine
}

const markOf = (engine: MemoryEngine): string =>
  Buffer.from(engine.get(formatKey) as Uint8Array).toString()

test('a new store is marked, and its mark is accepted', async () => {
  const engine = new MemoryEngine()
  const format = { accountId: '000000000000', orderedUpTo: undefined }
  expect(await ensureStoreFormat(engine)).toEqual(format)
  expect(markOf(engine)).toBe('{"format":5}')
  expect(await ensureStoreFormat(engine)).toEqual(format)
  expect(await readStoreFormat(engine.snapshot())).toEqual(format)
})

test('a store keeps the account that it was made with', async () => {
  const engine = new MemoryEngine()
  for (const account of ['111122223333', '444455556666', undefined]) {
    expect(await ensureStoreFormat(engine, account)).toMatchObject({ accountId: '111122223333' })
  }
})

test('a store from before accounts were kept has that of its time', async () => {
  const engine = await storeWithMark('{"format":3}')
  expect(await ensureStoreFormat(engine, '111122223333')).toMatchObject({
    accountId: '000000000000',
  })
  expect(engine.get(accountKey)).toBeUndefined()
})

test('a store of the format before is raised, and its sets are still to be put in order', async () => {
  const engine = await storeWithMark('{"format":3}')
  const nothingYet = { accountId: '000000000000', orderedUpTo: itemsRange.start }
  expect(await readStoreFormat(engine.snapshot())).toEqual(nothingYet)
  expect(markOf(engine)).toBe('{"format":3}')
  expect(await ensureStoreFormat(engine)).toEqual(nothingYet)
  expect(markOf(engine)).toBe('{"format":5}')
  const position = Buffer.from([0x10, 7])
  await engine.commit([], [{ key: setOrderKey, value: position }])
  expect(await ensureStoreFormat(engine)).toMatchObject({ orderedUpTo: position })
  expect(await readStoreFormat(engine.snapshot())).toMatchObject({ orderedUpTo: position })
})

test('a store from before vector indexes is raised, and has all of its sets in order', async () => {
  const engine = await storeWithMark('{"format":4}')
  const format = { accountId: '000000000000', orderedUpTo: undefined }
  expect(await readStoreFormat(engine.snapshot())).toEqual(format)
  expect(await ensureStoreFormat(engine)).toEqual(format)
  expect(markOf(engine)).toBe('{"format":5}')
})

test.each(['{"format":3}', undefined])('another server may be quicker to mark %s', async (mark) => {
  const store = mark === undefined ? new MemoryEngine() : await storeWithMark(mark)
  const engine = new FaultyEngine({ store })
  let commits = 0
  engine.meet = (call) => {
    if (call !== 'commit' || commits++ > 0) return
    void ensureStoreFormat(store, '111122223333')
    throw new StorageConflict('a key has changed')
  }
  const format = await ensureStoreFormat(engine, '444455556666')
  expect(format).toEqual(await ensureStoreFormat(store))
  expect(format.accountId).toBe(mark === undefined ? '111122223333' : '000000000000')
  expect(commits).toBe(1)
})

test.each([1, 2, 9])('a store of format %i is refused and left as it is', async (format) => {
  const engine = await storeWithMark(`{"format":${format}}`)
  const refusal = new StoreUnavailable(
    `The store was written in format ${format}, which this version of Dynatom does not know; ` +
      'open it with the version that wrote it.',
  )
  await expect(ensureStoreFormat(engine)).rejects.toThrow(refusal)
  await expect(readStoreFormat(engine.snapshot())).rejects.toThrow(refusal)
  expect(markOf(engine)).toBe(`{"format":${format}}`)
})

test.each(['', 'nonsense', '{}', '"format"'])('the mark %j is refused', async (mark) => {
  await expect(ensureStoreFormat(await storeWithMark(mark))).rejects.toThrow(StoreUnavailable)
})

test('a shared store that is raised has other versions of its catalog and of its tables', async () => {
  const shared = new FaultyEngine({ answers: 'later' })
  const capabilities = { durable: true, shared: true, syncReads: false }
  Object.defineProperty(shared, 'capabilities', { value: capabilities })
  const record = tableRecordKey('Things')
  await shared.commit(
    [],
    [
      { key: formatKey, value: Buffer.from('{"format":4}') },
      { key: record, value: Buffer.from('{"status":"ACTIVE"}') },
    ],
  )
  // A change of a table that comes between is not lost.
  let isMet = false
  shared.meet = (call) => {
    if (call !== 'commit' || isMet) return
    isMet = true
    void shared.commit([], [{ key: record, value: Buffer.from('{"status":"UPDATING"}') }])
  }
  await ensureStoreFormat(shared)
  expect(await shared.get(record)).toEqual(Buffer.from('{"status":"UPDATING"} '))
  expect(await shared.get(catalogVersionKey)).toEqual(Buffer.from('{"format":5}'))
  const sole = await storeWithMark('{"format":4}')
  await ensureStoreFormat(sole)
  expect(sole.get(catalogVersionKey)).toBeUndefined()
})

test('whoever has a store open that is in another format by now is told so', () => {
  requireCurrent(undefined)
  requireCurrent(Buffer.from('{"format":5,"arrived":"/here"}'))
  for (const format of [4, 6]) {
    expect(() => requireCurrent(Buffer.from(`{"format":${format}}`))).toThrow(
      new StoreUnavailable(
        `The store was written in format ${format}, which this version of Dynatom does not know; ` +
          'open it with the version that wrote it.',
      ),
    )
  }
})

test('a store without a mark tells nothing', async () => {
  expect(await readStoreFormat(new MemoryEngine().snapshot())).toBeUndefined()
})

test('an entry that marks another format is described', () => {
  const entry = (mark: string): Entry => ({ key: formatKey, value: Buffer.from(mark) })
  expect(otherFormat(entry('{"format":2}'))).toBe(
    'The store was written in format 2, which this version of Dynatom does not know; ' +
      'open it with the version that wrote it.',
  )
  for (const mark of [
    '{"format":3}',
    '{"format":4}',
    '{"format":5}',
    '{"format":"2"}',
    '{"format":2',
    '',
    'null',
  ]) {
    expect(otherFormat(entry(mark))).toBeUndefined()
  }
  expect(otherFormat({ ...entry('{"format":2}'), key: Buffer.from([2]) })).toBeUndefined()
})
