import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createClient,
  get,
  InvalidCursorError,
  InvalidKeyError,
  put,
  deleteItem,
  RefusedError,
  StoredItemError,
  UnprocessedError,
  type BatchAction,
} from '../index.ts'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { openBank, type BankClient } from '../testing/bankClient.ts'
import { Account, Entry, Group, GroupOwner } from '../testing/bankTable.ts'

let bank: BankClient
beforeAll(async () => {
  bank = await openBank()
})
beforeEach(async () => {
  await bank.database.reset()
  bank.fake = () => undefined
  bank.sent.length = 0
  bank.waits.length = 0
})
afterAll(() => bank[Symbol.asyncDispose]())

const entries = Array.from({ length: 30 }, (_, i) => ({
  account: 'ann',
  day: `2026-${i < 15 ? '01' : '02'}-${`${(i % 15) + 1}`.padStart(2, '0')}`,
  seq: i,
  amount: BigInt(i),
}))

const putAll = (): Promise<void> => bank.db.batchWrite(entries.map((entry) => put(Entry, entry)))
const seqs = (items: readonly { seq: number }[]): number[] => items.map(({ seq }) => seq)
const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)

describe('a query', () => {
  beforeEach(async () => {
    await putAll()
    await bank.db.put(Account, { account: 'ann', balance: 1n, status: 'open', opened: 'x' })
    await bank.db.put(Entry, { ...(entries[0] as (typeof entries)[0]), account: 'anna' })
  })

  test('has the items of its entity in order, over all pages', async () => {
    const rows = bank.db.query(Entry, { account: 'ann' }, { pageSize: 7 })
    expect(await rows.all()).toEqual(entries)
    const reverse = bank.db.query(Entry, { account: 'ann' }, { reverse: true })
    expect(await reverse.all()).toEqual(entries.toReversed())
  })

  test.each([
    ['from a day', { from: { day: '2026-01-10' } }, upTo(9, 30)],
    ['up to a month', { to: { day: '2026-01' } }, upTo(0, 15)],
    ['between days', { from: { day: '2026-01-15' }, to: { day: '2026-02-01' } }, [14, 15]],
    ['from an item', { from: { day: '2026-01-15', seq: 15 }, to: { day: '2026-02-01' } }, [15]],
    ['of a day', { sort: { day: '2026-02-01' } }, [15]],
    ['of a part of a day', { sort: { day: '2026-02' } }, []],
    ['of a whole key', { sort: { day: '2026-02-01', seq: 15 } }, [15]],
    ['of a filter', { filter: { amount: { gt: 27n } } }, [28, 29]],
  ])('%s has a part of them', async (_, options, expected) => {
    expect(seqs(await bank.db.query(Entry, { account: 'ann' }, options).all())).toEqual(expected)
  })

  test('by a prefix has those whose key begins so', async () => {
    const prefix = bank.db.queryPrefix(Entry, { account: 'ann' }, { day: '2026-02-0' })
    expect(seqs(await prefix.all())).toEqual(upTo(15, 24))
  })

  test('reads the attributes that are asked for', async () => {
    const rows = bank.db.query(
      Entry,
      { account: 'ann' },
      { attributes: ['text'], sort: { day: '2026-01-01' } },
    )
    expect(await rows.all()).toEqual([{ account: 'ann', day: '2026-01-01', seq: 0 }])
  })

  test('of an inverse index finds items by their other key', async () => {
    await bank.db.batchWrite([
      put(GroupOwner, { group: 'one', owner: 'bob' }),
      put(GroupOwner, { group: 'two', owner: 'bob' }),
      put(GroupOwner, { group: 'two', owner: 'eve' }),
    ])
    const groups = await bank.db.query(GroupOwner, { owner: 'bob' }, { index: 'Inverse' }).all()
    expect(groups.map(({ group }) => group)).toEqual(['one', 'two'])
    const prefix = bank.db.queryPrefix(
      GroupOwner,
      { owner: 'bob' },
      { group: 't' },
      { index: 'Inverse' },
    )
    expect((await prefix.all()).map(({ group }) => group)).toEqual(['two'])
  })

  test('of several entities says of which each item is', async () => {
    await bank.db.put(Group, { group: 'g', title: 'G' })
    await bank.db.put(GroupOwner, { group: 'g', owner: 'o' })
    const rows = await bank.db.queryCollection([Group, GroupOwner], { group: 'g' }).all()
    expect(rows).toEqual([
      { entity: 'Group', item: { group: 'g', title: 'G' } },
      { entity: 'GroupOwner', item: { group: 'g', owner: 'o', made: '2026-11-30T12:00:00.000Z' } },
    ])
  })

  test('refuses a partition that cannot be', () => {
    expect(() => bank.db.query(Entry, { account: '' })).toThrow(InvalidKeyError)
  })

  test('does not read what is not as it is declared', async () => {
    const Item = { PK: { S: 'ACCOUNT#eve' }, SK: { S: 'ENTRY#2026#000001' }, amount: { S: '1' } }
    await bank.sdk.send(new PutItemCommand({ TableName: 'Bank', Item }))
    const rows = bank.db.query(Entry, { account: 'eve' }).all()
    await expect(rows).rejects.toThrow(StoredItemError)
    await expect(rows).rejects.toThrow(
      'Entry.amount is declared as a bigint, but is stored as type S.',
    )
  })
})

describe('a cursor', () => {
  beforeEach(putAll)

  test('goes on behind any item, in another client', async () => {
    for (const pageSize of [4, 100]) {
      const seen: number[] = []
      let cursor: string | undefined
      for (let stops = 0; stops < 50; stops++) {
        const rows = createClient(bank.sdk).query(
          Entry,
          { account: 'ann' },
          { after: cursor, pageSize },
        )
        let count = 0
        for await (const { seq } of rows) {
          seen.push(seq)
          if (++count === 7) break
        }
        if (count < 7) break
        cursor = rows.cursor
        expect(cursor).toMatch(/^[\w-]+$/)
      }
      expect(seen).toEqual(upTo(0, 30))
    }
  })

  test('of a page goes on behind it, also where a filter leaves out', async () => {
    const options = { filter: { amount: { gt: 3n } }, pageSize: 5 }
    const seen: number[] = []
    const sizes: number[] = []
    let after: string | undefined
    do {
      const page = await bank.db.query(Entry, { account: 'ann' }, { ...options, after }).take(10)
      seen.push(...seqs(page.items))
      sizes.push(page.items.length)
      after = page.cursor
    } while (after !== undefined)
    expect(seen).toEqual(upTo(4, 30))
    expect(sizes).toEqual([10, 10, 6])
  })

  test('is not taken by another query, nor damaged', async () => {
    const { cursor } = await bank.db.query(Entry, { account: 'ann' }).take(3)
    const after = cursor as string
    const other = (): unknown => bank.db.query(Entry, { account: 'bob' }, { after })
    expect(other).toThrow(InvalidCursorError)
    expect(other).toThrow('The cursor belongs to another query or scan.')
    for (const broken of ['', 'x', after.slice(1), 'W10', 'bnVsbA']) {
      expect(() => bank.db.query(Entry, { account: 'ann' }, { after: broken })).toThrow(
        InvalidCursorError,
      )
    }
  })

  test('is the same text for ever', async () => {
    const { cursor } = await bank.db.query(Entry, { account: 'ann' }).take(1)
    expect(cursor).toBe(
      'WzEsInZ6ZGtyYiIseyJQSyI6IkFDQ09VTlQjYW5uIiwiU0siOiJFTlRSWSMyMDI2LTAxLTAxIzAwMDAwMCJ9XQ',
    )
  })
})

describe('a scan', () => {
  beforeEach(async () => {
    await putAll()
    await bank.db.batchWrite(
      Array.from({ length: 40 }, (_, i) => put(Group, { group: `g${i}`, title: 'ü' })),
    )
  })

  test.each([1, 3, 8])('in %i segments has everything once', async (segments) => {
    const rows = await bank.db.scan([Entry, Group], { segments, pageSize: 6 }).all()
    expect(rows.filter(({ entity }) => entity === 'Group')).toHaveLength(40)
    const found = rows.flatMap((row) => (row.entity === 'Entry' ? [row.item.seq] : []))
    expect(found.sort((a, b) => a - b)).toEqual(upTo(0, 30))
    expect(await bank.db.scan([GroupOwner], { segments }).all()).toEqual([])
  })

  test('goes on behind a cursor, with nothing left out and nothing twice', async () => {
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await bank.db.scan([Group, Entry], { segments: 4, pageSize: 3, after }).take(9)
      seen.push(
        ...page.items.map((row) =>
          JSON.stringify(row.entity === 'Group' ? row.item.group : row.item.seq),
        ),
      )
      after = page.cursor
    } while (after !== undefined)
    expect(seen).toHaveLength(70)
    expect(new Set(seen).size).toBe(70)
  })
})

describe('a batch', () => {
  test('reads items to their places, each once', async () => {
    await putAll()
    const keys = [3, 3, 99, ...upTo(0, 30), ...upTo(100, 250)]
    const gets = keys.map((seq) =>
      get(Entry, { ...(entries[seq] ?? { account: 'ann', day: 'x' }), seq }),
    )
    const items = await bank.db.batchGet([...gets, get(Group, { group: 'g' })])
    expect(items).toEqual([...keys.map((seq) => entries[seq]), undefined])
    const sizes = bank.sent
      .filter(({ operation }) => operation === 'BatchGetItem')
      .map(({ body }) => (body['RequestItems'] as { Bank: { Keys: unknown[] } }).Bank.Keys.length)
    expect(sizes).toEqual([100, 82])
  })

  test('asks again for what was not processed, after pauses that grow while nothing is', async () => {
    await putAll()
    const Keys = [{ PK: { S: 'ACCOUNT#ann' }, SK: { S: 'ENTRY#2026-01-01#000000' } }]
    const left = { status: 200, body: { Responses: {}, UnprocessedKeys: { Bank: { Keys } } } }
    let rounds = 3
    bank.fake = () => (rounds-- > 0 ? left : undefined)
    const [item] = await bank.db.batchGet([get(Entry, entries[0] as (typeof entries)[0])])
    expect(item).toEqual(entries[0])
    expect(bank.waits).toEqual([12.5, 25, 50])
  })

  test('writes all, and deletes', async () => {
    await putAll()
    const deletions: BatchAction[] = entries.slice(0, 10).map((entry) => deleteItem(Entry, entry))
    await bank.db.batchWrite([...deletions, put(Group, { group: 'g' })])
    expect(seqs(await bank.db.query(Entry, { account: 'ann' }).all())).toEqual(upTo(10, 30))
  })

  test('says what was not processed in the end', async () => {
    bank.fake = ({ body }) => {
      const { Bank } = body['RequestItems'] as {
        Bank: { PutRequest: { Item: { SK: { S: string } } } }[]
      }
      const refused = Bank.filter(({ PutRequest }) => PutRequest.Item.SK.S.endsWith('7'))
      return { status: 200, body: { UnprocessedItems: { Bank: refused } } }
    }
    const actions = entries.map((entry) => put(Entry, entry))
    const error = await bank.db.batchWrite(actions).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnprocessedError)
    expect((error as UnprocessedError).unprocessed).toEqual([actions[7], actions[17], actions[27]])
    expect((error as UnprocessedError).message).toBe(
      '3 of 30 actions of a batch were not processed in 10 attempts without progress.',
    )
  })

  test('is refused with two actions about one item, or with a condition', async () => {
    const twice = [put(Group, { group: 'g' }), deleteItem(Group, { group: 'g' })]
    await expect(bank.db.batchWrite(twice)).rejects.toThrow(RefusedError)
    await expect(bank.db.batchWrite(twice)).rejects.toThrow(
      'The actions 0 and 1 of a batch are about the same item.',
    )
    const conditional = put(
      Group,
      { group: 'g' },
      { allowOverwrite: false },
    ) as never as BatchAction
    await expect(bank.db.batchWrite([conditional])).rejects.toThrow(
      'The action 0 of a batch has a condition, which a batch cannot keep.',
    )
    expect(bank.sent).toEqual([])
  })
})
