import { faultsOf, type Faulty, type Sound } from './faults.ts'
import type { ItemStatement, SelectStatement, WriteStatement } from './statements.ts'
import type { TableDefinition } from './tables.ts'
import type { Action } from './writes.ts'

/** The table that {@link everyFault} is about. */
export const faultTable: TableDefinition = {
  name: 'Faults',
  partitionKey: { name: 'pk', type: 'S' },
  indexes: [],
}

const table = faultTable.name
const key = { pk: { S: 'p' } }
const condition = { kind: 'attribute_exists', path: ['a'] } as const
const plain = { table, showOld: false }

const actions: readonly Action[] = [
  { ...plain, kind: 'Put', item: key },
  { ...plain, kind: 'Put', item: key, condition },
  { ...plain, kind: 'Delete', key },
  { ...plain, kind: 'Delete', key, condition },
  { ...plain, kind: 'Update', key, update: [] },
  { ...plain, kind: 'Update', key, update: [{ clause: 'REMOVE', path: ['a'] }] },
  { ...plain, kind: 'ConditionCheck', key, condition },
]

const capacity = 'NONE'
const single = { kind: 'SingleWrite', returnValues: 'NONE', capacity, metrics: false } as const
const reading = { table, consistent: false, capacity } as const
const conditions = [{ name: 'pk', operator: '=', values: [key.pk] }] as const

const bare = { table, style: 0, showOld: false } as const
const member = { ...bare, key } as const
const access = { kind: 'everything' } as const
const select: SelectStatement = { table, access, orderBy: [], style: 0 }
const read: ItemStatement = { ...member, kind: 'Select', consistent: false }
const writes: readonly WriteStatement[] = [
  { ...bare, kind: 'Insert', item: key },
  { ...member, kind: 'Update', update: [{ clause: 'REMOVE', path: ['a'] }], condition },
  { ...member, kind: 'Delete' },
]

const operations: readonly Sound[] = [
  ...actions
    .filter(({ kind }) => kind !== 'ConditionCheck')
    .map((action) => ({ ...single, action })),
  ...actions
    .filter((action) => action.kind !== 'Update' || action.update.length > 0)
    .map((action) => ({ kind: 'TransactWriteItems', actions: [action], capacity }) as const),
  { kind: 'TransactGetItems', gets: [{ table, key }], capacity },
  { kind: 'GetItem', table, key, consistent: false, capacity },
  { kind: 'BatchGetItem', reads: [{ table, keys: [key], consistent: false }], capacity },
  { kind: 'BatchWriteItem', writes: [{ table, requests: [{ kind: 'Put', item: key }] }], capacity },
  { kind: 'BatchWriteItem', writes: [{ table, requests: [{ kind: 'Delete', key }] }], capacity },
  { ...reading, kind: 'Query', conditions, forward: true },
  { ...reading, kind: 'Query', conditions, forward: true, filter: condition },
  { ...reading, kind: 'Scan' },
  { ...reading, kind: 'Scan', filter: condition },
  { kind: 'Select', statement: select, consistent: false, capacity },
  ...writes.map((statement) => ({ kind: 'ExecuteStatement', statement, capacity }) as const),
  ...[...writes, read].flatMap((statement) => [
    { kind: 'BatchExecuteStatement', statements: [statement], capacity } as const,
    { kind: 'ExecuteTransaction', statements: [statement], capacity } as const,
  ]),
  { kind: 'ExecuteTransaction', statements: [{ ...member, kind: 'Exists', condition }], capacity },
]

/** Every fault that the model knows, in a small request of every kind. */
export const everyFault: readonly Faulty[] = operations.flatMap((operation) =>
  faultsOf(operation).map((fault): Faulty => ({ kind: 'Faulty', operation, fault })),
)
