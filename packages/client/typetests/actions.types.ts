import { expectTypeOf, test } from 'vitest'
import {
  check,
  deleteItem,
  get,
  insert,
  put,
  update,
  type TableClient,
  type TransactionCanceledError,
  type ItemOf,
} from '../src/index.ts'
import { Account, Entry, Group, GroupOwner } from '../src/testing/bankTable.ts'

declare const db: TableClient
const key = { account: 'ann' }
const ann = { account: 'ann', balance: 1n, status: 'open', opened: '2026' } as const

test('reads give items, or what was chosen of them', async () => {
  expectTypeOf(await db.get(Entry, { account: 'a', day: 'd', seq: 1 })).toEqualTypeOf<
    ItemOf<typeof Entry> | undefined
  >()
  expectTypeOf(await db.get(Account, key, { attributes: ['balance', 'note'] })).toEqualTypeOf<
    { account: string; balance?: bigint | undefined; note?: string | undefined } | undefined
  >()
  // @ts-expect-error: the key has no such value
  await db.get(Account, { acount: 'ann' })
  // @ts-expect-error: seq is a number
  await db.get(Entry, { account: 'a', day: 'd', seq: '1' })
  // @ts-expect-error: there is no such attribute
  await db.get(Account, key, { attributes: ['balanc'] })
})

test('items are as they are declared', async () => {
  await db.put(Account, ann)
  // @ts-expect-error: the balance is missing
  await db.put(Account, { account: 'ann', status: 'open', opened: '2026' })
  // @ts-expect-error: the balance is a bigint
  await db.insert(Account, { ...ann, balance: 1 })
  // @ts-expect-error: no such status
  await db.insert(Account, { ...ann, status: 'opened' })
  // @ts-expect-error: no such attribute
  await db.insert(Entry, { account: 'a', day: 'd', seq: 1, amount: 1n, txt: '' })
  // @ts-expect-error: the client fills it in
  await db.insert(GroupOwner, { group: 'g', owner: 'o', made: '2026' })
})

test('changes are typed by operation and path', async () => {
  await db.update(Account, key, {
    set: { status: 'closed', 'address.zip': '1', 'lines[0].count': 2 },
    add: { balance: 1n, tags: new Set(['a']), 'counts.x': 1 },
    remove: ['note', 'address.zip'],
    delete: { tags: new Set(['b']) },
    append: { log: ['x'] },
    prepend: { log: ['y'] },
    ifNotExists: { note: 'n' },
  })
  // @ts-expect-error: not a status
  await db.update(Account, key, { set: { status: 'shut' } })
  // @ts-expect-error: the balance is a bigint
  await db.update(Account, key, { add: { balance: 1 } })
  // @ts-expect-error: a status is no number
  await db.update(Account, key, { add: { status: 'open' } })
  // @ts-expect-error: every account has a balance
  await db.update(Account, key, { remove: ['balance'] })
  // @ts-expect-error: a note is no set
  await db.update(Account, key, { delete: { note: 'x' } })
  // @ts-expect-error: a note is no list
  await db.update(Account, key, { append: { note: ['x'] } })
  // @ts-expect-error: an address has no such member
  await db.update(Account, key, { set: { 'address.town': 'x' } })
  // @ts-expect-error: the key cannot be changed
  await db.update(Account, key, { set: { account: 'bob' } })
})

test('conditions are typed by attribute', async () => {
  const check1 = check(Account, key, {
    balance: { ge: 1n, lt: 10n },
    status: 'open',
    note: { beginsWith: 'x', not: { contains: 'y' }, size: { gt: 3 } },
    tags: { contains: 'a', size: 2 },
    'address.street': { exists: true },
    opened: { between: ['a', 'b'] },
  })
  expectTypeOf(check1.kind).toEqualTypeOf<'check'>()
  check(Account, key, [{ status: 'open' }, { balance: { gt: 0n } }])
  check(Account, key, 'absent')
  // @ts-expect-error: not a status
  check(Account, key, { status: 'shut' })
  // @ts-expect-error: compared with a number
  check(Account, key, { balance: { ge: 1 } })
  // @ts-expect-error: a number has no beginning
  check(Account, key, { balance: { beginsWith: '1' } })
  // @ts-expect-error: a boolean has no order
  check(Account, key, { isFrozen: { lt: true } })
  // @ts-expect-error: members are strings
  check(Account, key, { tags: { contains: 1 } })
  // @ts-expect-error: no such test
  check(Account, key, { balance: { above: 1n } })
  // @ts-expect-error: no such attribute
  await db.put(Account, ann, { if: { blance: 1n } })
  // @ts-expect-error: of another entity
  await db.delete(Group, { group: 'g' }, { if: { balance: 1n } })
})

test('writes give the image that they are told to return', async () => {
  expectTypeOf(await db.put(Account, ann)).toEqualTypeOf<void>()
  expectTypeOf(await db.put(Account, ann, { returns: 'old' })).toEqualTypeOf<
    ItemOf<typeof Account> | undefined
  >()
  expectTypeOf(await db.update(Account, key, {}, { returns: 'new' })).toEqualTypeOf<
    ItemOf<typeof Account>
  >()
  // @ts-expect-error: a put knows what it has written
  await db.put(Account, ann, { returns: 'new' })
  const outcome = await db.insert(Entry, { account: 'a', day: 'd', seq: 1, amount: 1n }).try()
  if (!outcome.ok) {
    expectTypeOf(outcome.error.item).toEqualTypeOf<ItemOf<typeof Entry> | undefined>()
  }
  // @ts-expect-error: the value is there only where it is known that all went well
  expectTypeOf(outcome.value)
})

test('partitions and ranges are those of the index', async () => {
  for await (const owner of db.query(GroupOwner, { group: 'g' })) {
    expectTypeOf(owner).toEqualTypeOf<ItemOf<typeof GroupOwner>>()
  }
  db.query(GroupOwner, { owner: 'o' }, { index: 'Inverse' })
  db.queryPrefix(Entry, { account: 'a' }, { day: '2026' })
  db.query(Entry, { account: 'a' }, { from: { day: '2026' }, to: { day: '2026', seq: 3 } })
  db.query(Account, { status: 'open' }, { index: 'ByStatus', filter: { balance: { gt: 0n } } })
  // @ts-expect-error: the table has another partition
  db.query(GroupOwner, { owner: 'o' })
  // @ts-expect-error: the index has another partition
  db.query(GroupOwner, { group: 'g' }, { index: 'Inverse' })
  // @ts-expect-error: no such index
  db.query(GroupOwner, { group: 'g' }, { index: 'Invers' })
  // @ts-expect-error: groups are not in this index
  db.query(Group, { group: 'g' }, { index: 'ByStatus' })
  // @ts-expect-error: the day comes first
  db.queryPrefix(Entry, { account: 'a' }, { seq: 3 })
  for await (const row of db.queryCollection([Group, GroupOwner], { group: 'g' })) {
    if (row.entity === 'Group') expectTypeOf(row.item).toEqualTypeOf<ItemOf<typeof Group>>()
    else expectTypeOf(row.item).toEqualTypeOf<ItemOf<typeof GroupOwner>>()
  }
  const all = await db.scan([Account, Entry]).all()
  expectTypeOf(all[0]?.entity).toEqualTypeOf<'Account' | 'Entry' | undefined>()
})

test('a batch gives each item at its place, and writes without conditions alone', async () => {
  const [account, owner] = await db.batchGet([
    get(Account, key),
    get(GroupOwner, { group: 'g', owner: 'o' }, { attributes: ['since'] }),
  ])
  expectTypeOf(account).toEqualTypeOf<ItemOf<typeof Account> | undefined>()
  expectTypeOf(owner).toEqualTypeOf<
    { group: string; owner: string; since?: number | undefined } | undefined
  >()
  const several = await db.batchGet(['a', 'b'].map((each) => get(Account, { account: each })))
  expectTypeOf(several).toEqualTypeOf<readonly (ItemOf<typeof Account> | undefined)[]>()
  await db.batchWrite([put(Account, ann), deleteItem(Group, { group: 'g' })])
  // @ts-expect-error: an insert has a condition
  await db.batchWrite([insert(Account, ann)])
  // @ts-expect-error: and so has this put
  await db.batchWrite([put(Account, ann, { if: { status: 'open' } })])
  // @ts-expect-error: and this deletion
  await db.batchWrite([deleteItem(Group, { group: 'g' }, { idempotent: false })])
  // @ts-expect-error: batches have no updates
  await db.batchWrite([update(Account, key, {})])
})

test('a transaction has its labels', async () => {
  const outcome = await db
    .transactWrite({
      charge: update(Account, key, { add: { balance: -1n } }, { if: { balance: { ge: 1n } } }),
      guard: check(Group, { group: 'g' }, 'exists'),
      receipt: insert(Entry, { account: 'a', day: 'd', seq: 1, amount: 1n }),
      owner: deleteItem(GroupOwner, { group: 'g', owner: 'o' }, { idempotent: false }),
    })
    .try()
  if (outcome.ok) {
    expectTypeOf(outcome.value).toEqualTypeOf<void>()
    return
  }
  const { reasons, failed } = outcome.error
  const any: TransactionCanceledError = outcome.error
  expectTypeOf(any.failed).toEqualTypeOf<readonly string[]>()
  expectTypeOf(reasons.charge.item).toEqualTypeOf<ItemOf<typeof Account> | undefined>()
  expectTypeOf(reasons.guard.item).toEqualTypeOf<ItemOf<typeof Group> | undefined>()
  expectTypeOf(reasons.receipt.message).toEqualTypeOf<string | undefined>()
  expectTypeOf(failed).toEqualTypeOf<readonly ('charge' | 'guard' | 'receipt' | 'owner')[]>()
  // @ts-expect-error: no such label
  expectTypeOf(reasons.recept)
  // @ts-expect-error: reads have a transaction of their own
  await db.transactWrite({ account: get(Account, key) })
})

test('a transaction of reads gives the same record', async () => {
  const { group, owner } = await db.transactGet({
    group: get(Group, { group: 'g' }),
    owner: get(GroupOwner, { group: 'g', owner: 'o' }),
  })
  expectTypeOf(group).toEqualTypeOf<ItemOf<typeof Group> | undefined>()
  expectTypeOf(owner).toEqualTypeOf<ItemOf<typeof GroupOwner> | undefined>()
})
