import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  check,
  deleteItem,
  get,
  insert,
  put,
  RefusedError,
  TransactionCanceledError,
  update,
} from '../index.ts'
import { openBank, refusal, type BankClient, type FakedAnswer } from '../testing/bankClient.ts'
import { Account, Entry, Group, GroupOwner } from '../testing/bankTable.ts'

let bank: BankClient
beforeAll(async () => {
  bank = await openBank()
})
beforeEach(async () => {
  await bank.database.reset()
  bank.fake = () => undefined
  await bank.db.put(Account, ann)
  bank.sent.length = 0
  bank.waits.length = 0
})
afterAll(() => bank[Symbol.asyncDispose]())

const ann = { account: 'ann', balance: 10n, status: 'open', opened: '2026-01-01' } as const
const entry = { account: 'ann', day: '2026-01-02', seq: 1, amount: -5n }

const charge = (amount: bigint) =>
  update(
    Account,
    { account: 'ann' },
    { add: { balance: -amount } },
    { if: { balance: { ge: amount } } },
  )

const cancelled = (...codes: string[]): FakedAnswer =>
  refusal('TransactionCanceledException', {
    CancellationReasons: codes.map((Code) =>
      Code === 'None' ? { Code } : { Code, Message: `${Code}!` },
    ),
  })

/** Answers the first requests with these cancellations, then lets the database answer. */
function fakeFirst(...answers: FakedAnswer[]): void {
  bank.fake = () => answers.shift()
}

describe('a transaction', () => {
  test('performs its actions together', async () => {
    await bank.db.transactWrite({
      charge: charge(5n),
      guard: check(Group, { group: 'closed' }, 'absent'),
      receipt: insert(Entry, entry),
    })
    expect(await bank.db.get(Account, ann)).toEqual({ ...ann, balance: 5n })
    expect(await bank.db.get(Entry, entry)).toEqual(entry)
  })

  test('names the labels of what failed, with the items that are there', async () => {
    await bank.db.insert(Entry, entry)
    const outcome = await bank.db
      .transactWrite({
        charge: charge(50n),
        group: put(Group, { group: 'g', title: 'G' }),
        receipt: insert(Entry, entry),
        owner: deleteItem(GroupOwner, { group: 'g', owner: 'bob' }, { idempotent: false }),
      })
      .try()
    if (outcome.ok) throw new Error('it was to be cancelled')
    const { error } = outcome
    expect(error.message).toBe(
      'The transaction was cancelled because of charge (ConditionalCheckFailed), ' +
        'receipt (ConditionalCheckFailed) and owner (ConditionalCheckFailed).',
    )
    expect(error.failed).toEqual(['charge', 'receipt', 'owner'])
    const message = 'The conditional request failed'
    expect(error.reasons).toEqual({
      charge: { code: 'ConditionalCheckFailed', message, item: ann },
      group: { code: 'None', message: undefined, item: undefined },
      receipt: { code: 'ConditionalCheckFailed', message, item: entry },
      owner: { code: 'ConditionalCheckFailed', message, item: undefined },
    })
    expect([
      error.has('ConditionalCheckFailed'),
      error.has('TransactionConflict'),
      error.has('None'),
    ]).toEqual([true, false, false])
    expect((error.cause as Error).name).toBe('TransactionCanceledException')
    expect(await bank.db.get(Group, { group: 'g' })).toBeUndefined()
  })

  test('shows no item that is not as it is declared, but why', async () => {
    const Item = { PK: { S: 'ACCOUNT#bob' }, SK: { S: 'ACCOUNT' }, balance: { S: 'much' } }
    await bank.sdk.send(new PutItemCommand({ TableName: 'Bank', Item }))
    const bob = { account: 'bob' }
    const condition = { if: { status: 'open' } } as const
    const single = await bank.db.delete(Account, bob, condition).try()
    const outcome = await bank.db.transactWrite({ bob: deleteItem(Account, bob, condition) }).try()
    const message = 'Account.balance is declared as a bigint, but is stored as type S.'
    expect(single).toMatchObject({ ok: false, error: { item: undefined, itemError: { message } } })
    expect(single.ok ? '' : single.error.message).toMatch(
      /the item that is there does not meet it\.$/,
    )
    expect(outcome.ok ? {} : outcome.error.reasons.bob).toMatchObject({
      code: 'ConditionalCheckFailed',
      item: undefined,
      itemError: { message },
    })
  })

  test('rejects where it is not tried', async () => {
    const rejected = bank.db.transactWrite({ charge: charge(50n) })
    await expect(rejected).rejects.toBeInstanceOf(TransactionCanceledError)
    await expect(rejected).rejects.toMatchObject({ name: 'TransactionCanceledError', attempts: 1 })
  })

  test('that fails otherwise rejects, also where it is tried', async () => {
    fakeFirst(refusal('AccessDeniedException'))
    await expect(bank.db.transactWrite({ charge: charge(1n) }).try()).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
  })
})

describe('another attempt', () => {
  test.each([
    [['TransactionConflict', 'None']],
    [['None', 'ThrottlingError']],
    [['ProvisionedThroughputExceeded', 'TransactionConflict']],
  ])('follows %j, with the same token', async (codes) => {
    fakeFirst(cancelled(...codes), cancelled(...codes))
    await bank.db.transactWrite({ charge: charge(5n), receipt: insert(Entry, entry) })
    expect(bank.sent).toHaveLength(3)
    const tokens = bank.sent.map(({ body }) => body['ClientRequestToken'])
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toMatch(/^token-\d+$/)
    expect(bank.waits).toEqual([12.5, 25])
    expect(await bank.db.get(Account, ann)).toEqual({ ...ann, balance: 5n })
  })

  test.each([
    [['TransactionConflict', 'ConditionalCheckFailed']],
    [['ConditionalCheckFailed', 'None']],
    [['ValidationError', 'ThrottlingError']],
    [['ItemCollectionSizeLimitExceeded', 'None']],
    [['None', 'None']],
    [[]],
  ])('does not follow %j', async (codes) => {
    fakeFirst(cancelled(...codes))
    const sent = bank.db.transactWrite({ charge: charge(5n), receipt: insert(Entry, entry) })
    await expect(sent).rejects.toBeInstanceOf(TransactionCanceledError)
    expect(bank.sent).toHaveLength(1)
    expect(bank.waits).toEqual([])
  })

  test('is the last one after ten, with pauses that double to a second', async () => {
    bank.fake = () => cancelled('TransactionConflict')
    const outcome = await bank.db.transactWrite({ charge: charge(5n) }).try()
    expect(outcome).toMatchObject({ ok: false, error: { attempts: 10, failed: ['charge'] } })
    expect(outcome.ok ? '' : outcome.error.message).toBe(
      'The transaction was cancelled because of charge (TransactionConflict), at the last of 10 attempts.',
    )
    expect(bank.waits).toEqual([12.5, 25, 50, 100, 200, 400, 500, 500, 500])
  })

  test('has the token that the program gives', async () => {
    fakeFirst(cancelled('TransactionConflict'))
    await bank.db.transactWrite({ charge: charge(5n) }, { token: 'order-1' })
    await bank.db.transactWrite({ charge: charge(5n) }, { token: 'order-1' })
    expect(bank.sent.map(({ body }) => body['ClientRequestToken'])).toEqual(
      Array(3).fill('order-1'),
    )
    expect(await bank.db.get(Account, ann)).toEqual({ ...ann, balance: 5n })
  })

  test('is not made once the signal says so', async () => {
    const controller = new AbortController()
    bank.fake = () => {
      controller.abort(new Error('enough'))
      return cancelled('TransactionConflict')
    }
    const sent = bank.db.transactWrite({ charge: charge(5n) }, { signal: controller.signal })
    await expect(sent).rejects.toThrow('enough')
    expect(bank.sent).toHaveLength(1)
  })
})

describe('refused before it is sent', () => {
  const refused = async (actions: Parameters<BankClient['db']['transactWrite']>[0]) => {
    const error = await bank.db.transactWrite(actions).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(bank.sent).toEqual([])
    expect(error).toBeInstanceOf(RefusedError)
    const { message, labels } = error as RefusedError
    return { message, labels }
  }

  test('without actions', async () => {
    expect(await refused({})).toEqual({
      message: 'A transaction without actions is not sent.',
      labels: [],
    })
  })

  test('with more than 100 actions', async () => {
    const actions = Array.from({ length: 102 }, (_, seq) => {
      return [`entry${seq}`, insert(Entry, { ...entry, seq })] as const
    })
    expect(await refused(Object.fromEntries(actions))).toEqual({
      message:
        'A transaction has at most 100 actions, and this one has 102; the first beyond them is entry100.',
      labels: ['entry100', 'entry101'],
    })
  })

  test('with two labels on one item', async () => {
    expect(await refused({ charge: charge(1n), refund: put(Account, ann) })).toEqual({
      message: 'charge and refund are about the same item, which a transaction may have once.',
      labels: ['charge', 'refund'],
    })
  })

  test('with more than 4 MB', async () => {
    const text = 'ü'.repeat(195_000)
    const actions = Array.from({ length: 12 }, (_, seq) => {
      return [`entry${seq}`, put(Entry, { ...entry, seq, text })] as const
    })
    expect(await refused(Object.fromEntries(actions))).toEqual({
      message:
        'The items of a transaction have at most 4194304 bytes, and these have 4680588; ' +
        'the largest are entry0 (390049 bytes), entry1 (390049 bytes), entry2 (390049 bytes).',
      labels: ['entry0', 'entry1', 'entry2'],
    })
    const changes = { set: { text } }
    const updates = actions.map(([label], seq) => [
      label,
      update(Entry, { ...entry, seq }, changes),
    ])
    expect((await refused(Object.fromEntries(updates))).labels).toEqual([
      'entry0',
      'entry1',
      'entry2',
    ])
  })
})

test('what DynamoDB takes is not refused for its size', async () => {
  const text = 'ü'.repeat(174_000)
  const actions = Array.from({ length: 12 }, (_, seq) => {
    return [`entry${seq}`, put(Entry, { ...entry, seq, text })] as const
  })
  await bank.db.transactWrite(Object.fromEntries(actions))
  const condition = { if: { text: { eq: text } } }
  const updates = actions.map(([label], seq) => {
    return [label, update(Entry, { ...entry, seq }, { set: { text: 'short' } }, condition)]
  })
  await bank.db.transactWrite(Object.fromEntries(updates))
  expect(await bank.db.get(Entry, { ...entry, seq: 11 })).toEqual({
    ...entry,
    seq: 11,
    text: 'short',
  })
})

describe('a transaction of reads', () => {
  const gets = {
    account: get(Account, { account: 'ann' }),
    title: get(Group, { group: 'g' }, { attributes: ['title'] }),
    owner: get(GroupOwner, { group: 'g', owner: 'o' }),
  }

  test('gives the same record', async () => {
    await bank.db.put(Group, { group: 'g', title: 'G' })
    expect(await bank.db.transactGet(gets)).toEqual({
      account: ann,
      title: { group: 'g', title: 'G' },
      owner: undefined,
    })
  })

  test('is tried again after a conflict, and says its labels', async () => {
    fakeFirst(cancelled('None', 'TransactionConflict', 'None'))
    expect((await bank.db.transactGet(gets)).account).toEqual(ann)
    expect(bank.waits).toEqual([12.5])
    bank.fake = () => cancelled('None', 'TransactionConflict', 'None')
    const outcome = await bank.db.transactGet(gets).try()
    expect(outcome.ok ? undefined : outcome.error.failed).toEqual(['title'])
  })

  test('is refused with two labels on one item', async () => {
    const twice = { first: gets.account, second: get(Account, { account: 'ann' }) }
    await expect(bank.db.transactGet(twice)).rejects.toThrow(
      'first and second are about the same item, which a transaction may have once.',
    )
  })
})
