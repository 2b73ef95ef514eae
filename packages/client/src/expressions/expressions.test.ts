import fc from 'fast-check'
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ConditionFailedError,
  Decimal,
  InvalidValueError,
  type Condition,
  type ItemInputOf,
} from '../index.ts'
import { openBank, type BankClient } from '../testing/bankClient.ts'
import { Account } from '../testing/bankTable.ts'

let bank: BankClient
beforeAll(async () => {
  bank = await openBank()
})
beforeEach(async () => {
  await bank.database.reset()
  await bank.db.put(Account, ann)
  bank.sent.length = 0
})
afterAll(() => bank[Symbol.asyncDispose]())

const key = { account: 'ann' }
const ann: ItemInputOf<typeof Account> = {
  ...key,
  balance: 10n,
  status: 'open',
  opened: '2026-01-01',
  tags: new Set(['a', 'b']),
  lucky: new Set([1, 7]),
  log: ['first', 'second'],
  address: { street: 'Main' },
  counts: { x: 1 },
  lines: [{ sku: 's', count: 2 }],
  rate: new Decimal('0.5'),
  photo: new Uint8Array([1, 2]),
  isFrozen: false,
}

const conditions: readonly (readonly [boolean, string, Condition<typeof Account>])[] = [
  [true, 'a value', { status: 'open' }],
  [false, 'another value', { status: 'closed' }],
  [true, 'all of two', { status: 'open', balance: { ge: 10n } }],
  [false, 'one of two', { status: 'open', balance: { gt: 10n } }],
  [true, 'any of two', [{ status: 'closed' }, { balance: { le: 10n } }]],
  [false, 'none of two', [{ status: 'closed' }, { balance: { lt: 10n } }]],
  [true, 'a range', { balance: { between: [9n, 11n] }, opened: { gt: '2025', lt: '2027' } }],
  [true, 'ne', { balance: { ne: 9n } }],
  [true, 'in', { status: { in: ['closed', 'open'] } }],
  [false, 'in others', { opened: { in: ['2025', '2027'] } }],
  [true, 'exists', { tags: { exists: true }, note: { exists: false } }],
  [false, 'does not exist', { tags: { exists: false } }],
  [true, 'type', { balance: { type: 'N' }, tags: { type: 'SS' } }],
  [true, 'beginsWith', { opened: { beginsWith: '2026' } }],
  [false, 'not beginsWith', { opened: { not: { beginsWith: '2026' } } }],
  [true, 'a part', { opened: { contains: '-01-' } }],
  [
    true,
    'members',
    { tags: { contains: 'a' }, lucky: { contains: 7 }, log: { contains: 'second' } },
  ],
  [false, 'no member', { lucky: { contains: 2 } }],
  [true, 'not a member', { tags: { not: { contains: 'c' } } }],
  [true, 'sizes', { tags: { size: 2 }, log: { size: { gt: 1 } }, opened: { size: { le: 10 } } }],
  [false, 'another size', { photo: { size: 3 } }],
  [true, 'a member of a map', { 'address.street': 'Main', 'address.zip': { exists: false } }],
  [true, 'an element', { 'lines[0].count': { between: [1, 3] }, 'log[1]': { eq: 'second' } }],
  [false, 'no element', { 'lines[1].count': { ge: 0 } }],
  [true, 'a record', { 'counts.x': 1 }],
  [true, 'a whole map', { address: { eq: { street: 'Main' } } }],
  [true, 'a whole set', { tags: new Set(['b', 'a']) }],
  [
    true,
    'decimals, bytes and booleans',
    { rate: new Decimal('0.50'), photo: new Uint8Array([1, 2]), isFrozen: false },
  ],
  [true, 'not of several', { balance: { not: { gt: 10n, lt: 20n } } }],
]

describe('a condition', () => {
  test.each(conditions)('is %s of %s', async (expected, _, condition) => {
    const outcome = await bank.db.check(Account, key, condition).try()
    expect(outcome.ok).toBe(expected)
    if (!outcome.ok) expect(outcome.error).toBeInstanceOf(ConditionFailedError)
    const filtered = bank.db.query(Account, key, { filter: condition })
    expect(await filtered.all()).toHaveLength(expected ? 1 : 0)
  })

  test.each([
    [{}, 'A condition tests nothing.'],
    [[], 'A condition has no alternatives.'],
    [{ balance: {} }, 'Account.balance is tested for nothing.'],
    [{ blance: 1n }, 'Account has no attribute blance.'],
    [{ 'address.town': 'x' }, 'address.town is no path of Account.'],
    [{ 'log[x]': 'x' }, 'log[x] is no path of Account.'],
    [{ balance: { above: 1n } }, 'Account.balance has a test above, which does not exist.'],
    [{ status: { in: [] } }, 'Account.status is to be one of no values.'],
    [{ balance: 1 }, 'Account.balance is to be a bigint, not 1.'],
  ])('that makes no sense is refused, %#', async (condition, message) => {
    const checked = bank.db.check(Account, key, condition as never)
    await expect(checked).rejects.toThrow(InvalidValueError)
    await expect(checked).rejects.toThrow(message)
    expect(bank.sent).toEqual([])
  })
})

describe('changes', () => {
  test.each([
    [{ add: { balance: 1n }, set: { balance: 2n } }, 'Account.balance is changed twice.'],
    [{ sets: { balance: 1n } }, 'There is no change sets.'],
    [{ set: { account: 'bob' } }, 'Account has no attribute account.'],
    [{ set: { tags: new Set() } }, 'Account.tags is an empty set.'],
    [
      { set: { status: 'closed', extra: { at: new Date(0) } } },
      'Account.extra.at is to be a record, not of class Date.',
    ],
  ])('that make no sense are refused, %#', async (changes, message) => {
    await expect(bank.db.update(Account, key, changes as never)).rejects.toThrow(message)
    expect(bank.sent).toEqual([])
  })

  test('prepend, begin lists and sets, and take the last member', async () => {
    await bank.db.update(
      Account,
      { account: 'new' },
      {
        set: { balance: 0n, status: 'open', opened: 'x' },
        prepend: { log: ['one'] },
        add: { tags: new Set(['t']) },
      },
    )
    const changed = await bank.db.update(
      Account,
      { account: 'new' },
      { prepend: { log: ['zero'] }, delete: { tags: new Set(['t']) } },
      { returns: 'new' },
    )
    expect(changed).toEqual({
      account: 'new',
      balance: 0n,
      status: 'open',
      opened: 'x',
      log: ['zero', 'one'],
    })
  })
})

test('keys of indexes are those that a put of the same item would give it', async () => {
  const arbitraryChanges = fc.record(
    {
      status: fc.constantFrom('open' as const, 'closed' as const),
      opened: fc.constantFrom('2026', '2027'),
      note: fc.string({ minLength: 1 }),
    },
    { requiredKeys: [] },
  )
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryChanges, { maxLength: 4 }),
      fc.boolean(),
      async (all, mustExist) => {
        await bank.db.put(Account, ann)
        for (const set of all) {
          await bank.db.update(Account, key, { set }, { mustExist }).catch((error: unknown) => {
            expect(error).toBeInstanceOf(InvalidValueError)
            refused += 1
          })
        }
        const stored = async () =>
          (await bank.sdk.send(new ScanCommand({ TableName: 'Bank' }))).Items
        const updated = await stored()
        await bank.db.put(Account, (await bank.db.get(Account, key)) as typeof ann)
        expect(updated).toEqual(await stored())
      },
    ),
    { numRuns: 40 },
  )
  expect(refused).toBe(0)
})

test('an update that cannot know a key of an index is refused', async () => {
  const sets = bank.db.update(Account, key, { ifNotExists: { opened: 'x' } })
  await expect(sets).rejects.toThrow(
    'StatusSK of Account is made of opened: an update that changes one of them ' +
      'sets all of them, and opened is not set.',
  )
})
