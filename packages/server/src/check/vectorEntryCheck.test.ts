import { beforeEach, describe, expect, it } from 'vitest'
import { asBuffer, type Bytes, type Entry } from '../storage/engine.ts'
import { decodeCounter, encodeCounter } from '../commits/counters.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase } from '../testing/indexedDatabase.ts'
import { numbersOf, tableName, vectorIndexes, vectorTable } from '../testing/vectorTables.ts'
import { checkStore } from './checkStore.ts'
import { indexEntryKey, tableCounterKey, vectorRange } from '../layout/storeKeys.ts'

let engine: MemoryEngine
let indexNumber: number

/** Three items, two of which are in the index, `byCOSINE`. */
beforeEach(async () => {
  engine = new MemoryEngine()
  const database = await openIndexedDatabase({ engine })
  const [index = {}] = vectorIndexes(2)
  await database.call('CreateTable', vectorTable({ VectorIndexes: [index] }))
  for (const [id, vector] of [['a', [1, 0]], ['b', [0.1, 2]], ['c']] as const) {
    const embedding = vector && { embedding: { L: numbersOf(vector) } }
    const Item = { id: { S: id }, note: { S: 'n' }, ...embedding }
    await database.call('PutItem', { TableName: tableName, Item })
  }
  indexNumber = database.catalog.tableForData(tableName).indexes[0]?.number as number
})

const entries = (): Entry[] => [...engine.snapshot().range(vectorRange(indexNumber))]
const set = (key: Bytes, value: Bytes | undefined): Promise<void> =>
  engine.commit([], [{ key, value }])
const found = async (): Promise<string[]> =>
  (await checkStore(engine)).map(({ kind, detail }) => `${kind}: ${detail}`)
const where = `index byCOSINE of table ${tableName}`

describe('a check of the store', () => {
  it('finds nothing in what was written', async () => {
    expect(entries()).toHaveLength(2)
    expect(await found()).toEqual([])
  })

  it('finds an entry that is missing', async () => {
    await set((entries()[1] as Entry).key, undefined)
    expect(await found()).toEqual([`missingIndexEntry: The item is not in ${where}`])
  })

  it('finds a bit of a vector that is another', async () => {
    const { key, value } = entries()[0] as Entry
    const other = Buffer.from(value)
    other[1] = (other[1] as number) ^ 1
    await set(key, other)
    expect(await found()).toEqual([`wrongIndexEntry: The entry differs from its item, in ${where}`])
  })

  it('finds a projected item that is another', async () => {
    const { key, value } = entries()[0] as Entry
    const text = Buffer.from(value).toString('latin1').replace('"n"', '"m"')
    await set(key, Buffer.from(text, 'latin1'))
    expect(await found()).toEqual([`wrongIndexEntry: The entry differs from its item, in ${where}`])
  })

  it('finds an entry that belongs to no item', async () => {
    const { key, value } = entries()[0] as Entry
    const stray = Buffer.concat([key, Buffer.from('x')])
    await set(stray, value)
    expect(await found()).toEqual([
      `strayIndexEntry: The entry is not where its item is, in ${where}`,
    ])
    await set(stray, undefined)
    const gone = Buffer.from(Buffer.from(value).toString('latin1').replace('"a"', '"z"'), 'latin1')
    await set(stray, gone)
    expect(await found()).toEqual([`strayIndexEntry: The entry has no item, in ${where}`])
    await set(stray, Buffer.of(1, 2))
    expect(await found()).toEqual([
      `strayIndexEntry: The entry does not tell its item, in ${where}`,
    ])
  })

  it('finds counts that are not those of the entries', async () => {
    const key = tableCounterKey(indexNumber)
    const [count, sizeBytes] = decodeCounter(engine.get(key) as Bytes) as [number, number]
    await set(key, encodeCounter([count + 1, sizeBytes]))
    expect(await found()).toHaveLength(1)
  })

  it('finds an entry of another kind of index, and one of a number that nothing has', async () => {
    const { value } = entries()[0] as Entry
    const ofKeys = indexEntryKey(indexNumber, 1, Buffer.from('a'), [])
    await set(ofKeys, value)
    expect(await found()).toEqual([`orphan: An entry of another kind than ${where}`])
    await set(ofKeys, undefined)
    const unknown = Buffer.from(asBuffer((entries()[0] as Entry).key))
    unknown.writeUInt32BE(77, 1)
    await set(unknown, value)
    expect(await found()).toEqual([
      'orphan: An entry of a vector index of number 77, which nothing has',
    ])
    await set(unknown, undefined)
    await set(unknown.subarray(0, 5), value)
    expect(await found()).toEqual([
      'unknownKey: The key is too short for an entry of a vector index',
    ])
  })
})
