import { expectTypeOf, test } from 'vitest'
import {
  bigint,
  createdAt,
  type Decimal,
  defineTable,
  list,
  map,
  number,
  oneOf,
  record,
  string,
  type AttributesOf,
  type ItemInputOf,
  type ItemOf,
  type KeyOf,
  type KeyText,
  type PartitionOf,
  type PathOf,
  type SortPrefixOf,
  type ValueAt,
} from '../src/index.ts'
import { Account, Entry, GroupOwner } from '../src/testing/bankTable.ts'

test('keys have the placeholders of their templates', () => {
  expectTypeOf<KeyOf<typeof GroupOwner>>().toEqualTypeOf<{ group: string; owner: string }>()
  expectTypeOf<KeyOf<typeof Entry>>().toEqualTypeOf<{ account: string; day: string; seq: number }>()
  expectTypeOf<KeyText<'GROUP#{group}'>>().toEqualTypeOf<`GROUP#${string}`>()
})

test('items have their key and their attributes', () => {
  expectTypeOf<ItemOf<typeof Entry>>().toEqualTypeOf<{
    account: string
    day: string
    seq: number
    amount: bigint
    text?: string | undefined
  }>()
  expectTypeOf<ItemOf<typeof GroupOwner>>()
    .toHaveProperty('made')
    .toEqualTypeOf<string | undefined>()
  expectTypeOf<keyof ItemInputOf<typeof GroupOwner>>().toEqualTypeOf<'group' | 'owner' | 'since'>()
  expectTypeOf<ItemOf<typeof Account>['status']>().toEqualTypeOf<'open' | 'closed'>()
  expectTypeOf<ItemOf<typeof Account>['address']>().toEqualTypeOf<
    { street: string; zip?: string | undefined } | undefined
  >()
  expectTypeOf<keyof AttributesOf<typeof Entry>>().toEqualTypeOf<'amount' | 'text'>()
})

test('partitions and beginnings of sort keys are those of the table or of an index', () => {
  expectTypeOf<PartitionOf<typeof Entry>>().toEqualTypeOf<{ account: string }>()
  expectTypeOf<SortPrefixOf<typeof Entry>>().toEqualTypeOf<
    { day: string } | { day: string; seq: number }
  >()
  expectTypeOf<PartitionOf<typeof GroupOwner, 'Inverse'>>().toEqualTypeOf<{ owner: string }>()
  expectTypeOf<SortPrefixOf<typeof GroupOwner, 'Inverse'>>().toEqualTypeOf<{ group: string }>()
})

test('paths lead into maps, records and lists', () => {
  type Paths = PathOf<typeof Account>
  expectTypeOf<'address' | 'address.street' | 'lines[0].count' | 'counts.x'>().toExtend<Paths>()
  expectTypeOf<'address.nothing'>().not.toExtend<Paths>()
  expectTypeOf<'balance.x'>().not.toExtend<Paths>()
  expectTypeOf<ValueAt<typeof Account, 'address.zip'>>().toEqualTypeOf<string>()
  expectTypeOf<ValueAt<typeof Account, 'lines[3].count'>>().toEqualTypeOf<number>()
  expectTypeOf<ValueAt<typeof Account, 'lines[3]'>>().toEqualTypeOf<{
    sku: string
    count: number
  }>()
  expectTypeOf<ValueAt<typeof Account, 'counts.any'>>().toEqualTypeOf<number>()
  expectTypeOf<ValueAt<typeof Account, 'rate'>>().toEqualTypeOf<Decimal>()
})

const keys = { partitionKey: 'PK', sortKey: 'SK' } as const

test('a table that could not work is refused', () => {
  defineTable({
    ...keys,
    name: 'T',
    entities: {
      // @ts-expect-error: no template for the sort key
      NoSort: { keys: { PK: 'A#{a}' } },
    },
  })
  defineTable({
    ...keys,
    name: 'T',
    entities: {
      // @ts-expect-error: no index has this key attribute
      Strange: { keys: { PK: 'A#{a}', SK: 'A', Other: 'x' } },
    },
  })
  defineTable({
    ...keys,
    name: 'T',
    indexes: { ByDate: { partitionKey: 'DatePK' } },
    entities: {
      // @ts-expect-error: {date} is no attribute
      Undated: { keys: { PK: 'A#{a}', SK: 'A', DatePK: '{date}' }, attributes: { day: string() } },
    },
  })
  defineTable({
    ...keys,
    name: 'T',
    entities: {
      // @ts-expect-error: the attribute has the name of a value of the key
      Twice: { keys: { PK: 'A#{a}', SK: 'A' }, attributes: { a: string() } },
    },
  })
  defineTable({
    ...keys,
    name: 'T',
    entities: {
      // @ts-expect-error: another entity has keys of the same form
      Group: { keys: { PK: 'GROUP#{group}', SK: 'OWNER#{owner}' } },
      // @ts-expect-error: and this is the other one
      Team: { keys: { PK: 'GROUP#{team}', SK: 'OWNER#{lead}' } },
      Other: { keys: { PK: 'GROUP#{team}', SK: 'MEMBER#{member}' } },
    },
  })
})

test('attributes infer the types of their values', () => {
  const of = { a: oneOf('x', 'y'), b: list(map({ c: bigint(), d: record(number()).optional() })) }
  expectTypeOf(of.a.value).toEqualTypeOf<'x' | 'y'>()
  expectTypeOf(of.b.value).toEqualTypeOf<
    readonly { c: bigint; d?: Record<string, number> | undefined }[]
  >()
  expectTypeOf(createdAt().value).toEqualTypeOf<string>()
})
