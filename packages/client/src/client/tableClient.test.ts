import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConditionFailedError, Decimal } from '../index.ts'
import { openBank, refusal, type BankClient } from '../testing/bankClient.ts'
import { Account, GroupOwner } from '../testing/bankTable.ts'

let bank: BankClient
beforeAll(async () => {
  bank = await openBank()
})
beforeEach(async () => {
  await bank.database.reset()
  bank.sent.length = 0
  bank.waits.length = 0
  bank.fake = () => undefined
})
afterAll(() => bank[Symbol.asyncDispose]())

const ann = { account: 'ann', balance: 10n, status: 'open', opened: '2026-01-01' } as const

describe('an item', () => {
  test('is inserted once', async () => {
    const { db } = bank
    await db.insert(Account, ann)
    expect(await db.get(Account, { account: 'ann' }, { consistent: true })).toEqual(ann)
    const again = await db.insert(Account, { ...ann, balance: 11n }).try()
    expect(again).toEqual({ ok: false, error: expect.any(ConditionFailedError) })
    expect(again.ok ? undefined : again.error.item).toEqual(ann)
    expect(again.ok ? undefined : again.error.message).toBe(
      'The condition on Account with account "ann" failed: the item that is there does not meet it.',
    )
  })

  test('is stored with the keys of the table and its indexes', async () => {
    await bank.db.put(Account, ann)
    expect(bank.sent).toEqual([
      {
        operation: 'PutItem',
        body: {
          TableName: 'Bank',
          Item: {
            PK: { S: 'ACCOUNT#ann' },
            SK: { S: 'ACCOUNT' },
            StatusPK: { S: 'STATUS#open' },
            StatusSK: { S: '2026-01-01' },
            balance: { N: '10' },
            status: { S: 'open' },
            opened: { S: '2026-01-01' },
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ])
  })

  test('keeps all kinds of values', async () => {
    const rich = {
      ...ann,
      balance: 123456789012345678901234567890n,
      note: '',
      tags: new Set(['a', 'b']),
      lucky: new Set([1, 2.5]),
      log: ['x'],
      address: { street: 'Main', zip: '1' },
      counts: { a: 1 },
      lines: [{ sku: 's', count: 2 }],
      rate: new Decimal('0.1234567890123456789'),
      photo: new Uint8Array([0, 255]),
      isFrozen: false,
      extra: { deep: [1, 9007199254740993n, new Decimal('1.00000000000000000001'), null, true] },
    }
    await bank.db.put(Account, rich)
    const read = await bank.db.get(Account, ann)
    expect(read).toEqual(rich)
  })
})

describe('an update', () => {
  test('performs all its operations', async () => {
    const { db } = bank
    await db.put(Account, { ...ann, tags: new Set(['a', 'b']), note: 'n', counts: { x: 1 } })
    const changed = await db.update(
      Account,
      ann,
      {
        set: { status: 'closed', opened: '2026-02-02', address: { street: 'Side' } },
        add: { balance: 5n, lucky: new Set([7]), 'counts.x': 2 },
        remove: ['note'],
        delete: { tags: new Set(['a']) },
        append: { log: ['second'] },
        ifNotExists: { isFrozen: true },
      },
      { mustExist: true, if: { status: 'open', balance: { ge: 10n } }, returns: 'new' },
    )
    expect(changed).toEqual({
      account: 'ann',
      balance: 15n,
      status: 'closed',
      opened: '2026-02-02',
      address: { street: 'Side' },
      counts: { x: 3 },
      tags: new Set(['b']),
      lucky: new Set([7]),
      log: ['second'],
      isFrozen: true,
    })
    const rows = await db.query(Account, { status: 'closed' }, { index: 'ByStatus' }).all()
    expect(rows).toEqual([changed])
  })

  test('fills in times', async () => {
    const { db } = bank
    await db.insert(GroupOwner, { group: 'g', owner: 'o' })
    await db.update(GroupOwner, { group: 'g', owner: 'o' }, { set: { since: 2019 } })
    expect(await db.get(GroupOwner, { group: 'g', owner: 'o' })).toEqual({
      group: 'g',
      owner: 'o',
      since: 2019,
      made: '2026-11-30T12:00:00.000Z',
      changed: '2026-11-30T12:00:00.000Z',
    })
  })
})

test('a write that met a transaction is sent again', async () => {
  let conflicts = 2
  bank.fake = () => (conflicts-- > 0 ? refusal('TransactionConflictException') : undefined)
  await bank.db.put(Account, ann)
  expect(bank.waits).toEqual([12.5, 25])
  expect(bank.sent).toHaveLength(3)
})
