import {
  bigint,
  binary,
  boolean,
  createdAt,
  decimal,
  defineTable,
  list,
  map,
  number,
  numberSet,
  oneOf,
  record,
  string,
  stringSet,
  unknown,
  updatedAt,
} from '../index.ts'

/** A table with an inverse index and one whose keys are made of attributes. */
export const bank = defineTable({
  name: 'Bank',
  partitionKey: 'PK',
  sortKey: 'SK',
  indexes: {
    Inverse: { partitionKey: 'SK', sortKey: 'PK' },
    ByStatus: { partitionKey: 'StatusPK', sortKey: 'StatusSK' },
  },
  entities: {
    Group: {
      keys: { PK: 'GROUP#{group}', SK: 'GROUP' },
      attributes: { title: string().optional() },
    },
    GroupOwner: {
      keys: { PK: 'GROUP#{group}', SK: 'GROUPOWNER#{owner}' },
      attributes: { since: number().optional(), made: createdAt(), changed: updatedAt() },
    },
    Account: {
      keys: {
        PK: 'ACCOUNT#{account}',
        SK: 'ACCOUNT',
        StatusPK: 'STATUS#{status}',
        StatusSK: '{opened}',
      },
      attributes: {
        balance: bigint(),
        status: oneOf('open', 'closed'),
        opened: string(),
        note: string().optional(),
        tags: stringSet().optional(),
        lucky: numberSet().optional(),
        log: list(string()).optional(),
        address: map({ street: string(), zip: string().optional() }).optional(),
        counts: record(number()).optional(),
        lines: list(map({ sku: string(), count: number() })).optional(),
        rate: decimal().optional(),
        photo: binary().optional(),
        isFrozen: boolean().optional(),
        extra: unknown().optional(),
      },
    },
    Entry: {
      keys: { PK: 'ACCOUNT#{account}', SK: 'ENTRY#{day}#{seq:6}' },
      attributes: { amount: bigint(), text: string().optional() },
    },
  },
})

export const { Account, Entry, Group, GroupOwner } = bank.entities
