import { describe, expect, test } from 'vitest'
import type { Item } from '../model/attributes.ts'
import { countsOf } from '../model/database.ts'
import { entryOf, type TableDefinition } from '../model/tables.ts'
import { counters, ledger } from './crashTables.ts'
import { ExpectedStore, type Settlement } from './expectedStore.ts'
import type { IndexContents, StoreContents, TableContents } from './storeContents.ts'
import type { ItemChange, WriteRequest } from './writeRequest.ts'

const keyA = { pk: { S: 'a' } }
const keyB = { pk: { S: 'b' } }
const itemOf = (key: Item, id: string): Item => ({ ...key, w: { S: id }, state: { S: 'open' } })

const changeOf = (key: Item, before: Item | undefined, after: Item | undefined): ItemChange => ({
  table: 'Ledger',
  key,
  before,
  after,
})

const request = (id: string, changes: readonly ItemChange[], more = {}): WriteRequest => ({
  id,
  operation: 'TransactWriteItems',
  body: {},
  atomic: true,
  changes,
  marks: [],
  checks: [],
  mayFailWith: [],
  impossible: false,
  token: undefined,
  ...more,
})

/** What a sound server shows of a table with these items. */
function tableOf(definition: TableDefinition, items: readonly Item[]): TableContents {
  const counts = countsOf({ definition, items })
  const byKey = (list: readonly Item[]): Map<string, Item> =>
    new Map(list.map((item) => [(item['pk'] as { S: string }).S, item]))
  const indexes = definition.indexes.map((index): [string, IndexContents] => {
    const entries = items.map((item) => entryOf(definition, index, item))
    const present = byKey(entries.filter((entry) => entry !== undefined))
    const own = counts.indexes[index.name] as readonly [number, number]
    return [index.name, { status: 'ACTIVE', counts: own, entries: present }]
  })
  return { items: byKey(items), counts: counts.table, indexes: new Map(indexes) }
}

function contentsOf(items: readonly Item[], marked: readonly Item[] = []): StoreContents {
  return new Map([
    ['Ledger', tableOf(ledger.definition, items)],
    ['Counters', tableOf(counters, marked)],
  ])
}

function emptyStore(): ExpectedStore {
  const store = new ExpectedStore()
  for (const definition of [ledger.definition, counters]) {
    store.acknowledgeTableChange({ kind: 'CreateTable', definition })
  }
  return store
}

/** The settlement after one acknowledged and one unanswered request. */
function settled(
  answered: WriteRequest | undefined,
  unanswered: WriteRequest | undefined,
  contents: StoreContents,
): Settlement {
  const store = emptyStore()
  if (answered !== undefined) {
    store.begin(answered)
    store.acknowledge(answered)
  }
  if (unanswered !== undefined) store.begin(unanswered)
  return store.settle(contents)
}

const a1 = itemOf(keyA, 'w1')
const b1 = itemOf(keyB, 'w1')
const a2 = itemOf(keyA, 'w2')
const b2 = itemOf(keyB, 'w2')
const first = request('w1', [changeOf(keyA, undefined, a1), changeOf(keyB, undefined, b1)])
const second = request('w2', [changeOf(keyA, a1, a2), changeOf(keyB, b1, b2)])

describe('acknowledged writes', () => {
  test('are there', () => {
    expect(settled(first, undefined, contentsOf([a1, b1])).problems).toEqual([])
  })

  test('that are gone, or have another value, are found', () => {
    const { problems } = settled(first, undefined, contentsOf([{ ...a1, n: { N: '1' } }]))
    expect(problems).toHaveLength(6)
    expect(problems[0]).toMatch(/^Ledger a is .*"n".* and should be /)
    expect(problems[1]).toMatch(/^Ledger b is absent and should be /)
    expect(problems[2]).toMatch(/^Ledger counts 1 and \d+ bytes, not 2 and \d+$/)
    expect(problems[3]).toMatch(/^Ledger.states a is /)
  })

  test('an item that nobody wrote is found', () => {
    const { problems } = settled(undefined, undefined, contentsOf([a1]))
    expect(problems[0]).toMatch(/^Ledger a is .* and should be absent$/)
  })
})

describe('unanswered writes', () => {
  test('may be there or not, as a whole', () => {
    const there = settled(first, second, contentsOf([a2, b2]))
    expect(there).toEqual({ problems: [], present: [second], absent: [] })
    const absent = settled(first, second, contentsOf([a1, b1]))
    expect(absent).toEqual({ problems: [], present: [], absent: [second] })
  })

  test('that are half there are found, unless each change stands for itself', () => {
    expect(settled(first, second, contentsOf([a2, b1])).problems).toEqual([
      'TransactWriteItems w2 is half applied',
    ])
    const batch = { ...second, atomic: false }
    expect(settled(first, batch, contentsOf([a2, b1])).problems).toEqual([])
  })

  test('that had to fail must not be there', () => {
    const impossible = { ...second, impossible: true }
    expect(settled(first, impossible, contentsOf([a1, b1])).problems).toEqual([])
    expect(settled(first, impossible, contentsOf([a2, b2])).problems).toEqual([
      'TransactWriteItems w2 had to fail and is there',
    ])
  })

  test('that a reader was shown must be there', () => {
    const store = emptyStore()
    store.begin(first)
    store.showed(first, first.changes[0] as ItemChange)
    expect(store.settle(contentsOf([])).problems).toEqual([
      'TransactWriteItems w1 was shown to a reader and is gone',
    ])
  })

  test('of which a reader was shown a part must have that part', () => {
    const batch = { ...first, operation: 'BatchWriteItem', atomic: false } as const
    const [a, b] = batch.changes as [ItemChange, ItemChange]
    const problemsAfter = (change: ItemChange): readonly string[] => {
      const store = emptyStore()
      store.begin(batch)
      store.showed(batch, change)
      return store.settle(contentsOf([a1])).problems
    }
    expect(problemsAfter(a)).toEqual([])
    expect(problemsAfter(b)).toEqual(['BatchWriteItem w1 was shown to a reader and is gone'])
  })

  test('a deletion half done is found', () => {
    const removal = request('w2', [changeOf(keyA, a1, undefined), changeOf(keyB, b1, undefined)])
    expect(settled(first, removal, contentsOf([])).present).toEqual([removal])
    expect(settled(first, removal, contentsOf([b1])).problems).toEqual([
      'TransactWriteItems w2 is half applied',
    ])
  })
})

describe('counters', () => {
  const counter = (ids: readonly string[]): Item => ({
    ...keyA,
    n: { N: String(ids.length) },
    ids: { SS: ids },
  })
  const mark = (id: string): WriteRequest => request(id, [], { marks: [keyA] })

  test('have every acknowledged mark, and may have unanswered ones', () => {
    const problemsOf = (ids: readonly string[]): readonly string[] =>
      settled(mark('w1'), mark('w2'), contentsOf([], [counter(ids)])).problems
    expect(problemsOf(['w1'])).toEqual([])
    expect(problemsOf(['w1', 'w2'])).toEqual([])
    expect(problemsOf(['w2', 'w1'])[0]).toMatch(/^Counters a is /)
    expect(problemsOf(['w2'])[0]).toMatch(/^Counters a is /)
    expect(problemsOf(['w1', 'w3'])[0]).toMatch(/^Counters a is /)
  })

  test('that counted a mark twice are found', () => {
    const twice = { ...counter(['w1']), n: { N: '2' } }
    const { problems } = settled(mark('w1'), undefined, contentsOf([], [twice]))
    expect(problems[0]).toMatch(/^Counters a is /)
  })
})

describe('tables and indexes', () => {
  test('a table that is missing, or that nobody created, is found', () => {
    const { problems } = settled(undefined, undefined, new Map())
    expect(problems).toEqual(['there are the tables  instead of Counters,Ledger'])
  })

  test('an unanswered creation or deletion may have been made', () => {
    const store = emptyStore()
    store.beginTableChange({ kind: 'DeleteTable', table: 'Ledger' })
    store.beginTableChange({
      kind: 'CreateTable',
      definition: { ...ledger.definition, name: 'Another' },
    })
    const contents = new Map(contentsOf([]))
    expect(store.settle(contents).problems).toEqual([])
    expect([store.has('Ledger'), store.has('Another')]).toEqual([true, false])
  })

  test('an index that lacks an entry, has one too many or is not there is found', () => {
    const store = emptyStore()
    store.begin(first)
    store.acknowledge(first)
    const sound = contentsOf([a1, b1])
    const table = sound.get('Ledger') as TableContents
    const index = table.indexes.get('states') as IndexContents
    const withIndex = (indexes: ReadonlyMap<string, IndexContents>): StoreContents =>
      new Map([...sound, ['Ledger', { ...table, indexes }]])
    const lacking = { ...index, entries: new Map([['a', a1]]) }
    expect(store.settle(withIndex(new Map([['states', lacking]]))).problems).toEqual([
      `Ledger.states b is absent and should be ${JSON.stringify(b1)}`,
    ])
    expect(store.settle(withIndex(new Map())).problems).toEqual(['Ledger.states is missing'])
    const strange = new Map([
      ['states', index],
      ['other', index],
    ])
    expect(store.settle(withIndex(strange)).problems).toEqual([
      'table Ledger has an index other, ACTIVE',
    ])
  })
})
