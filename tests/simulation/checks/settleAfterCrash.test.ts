import { expect, test } from 'vitest'
import type { Item } from '../../model/attributes.ts'
import type { TableDefinition } from '../../model/tables.ts'
import type { TransactWriteItems } from '../../model/transactions.ts'
import type { Action, SingleWrite } from '../../model/writes.ts'
import { ModelTables } from './modelTables.ts'
import { newCall } from './serverCall.ts'
import { settleAfterCrash } from './settleAfterCrash.ts'
import { TokenLedger } from './tokenLedger.ts'
import { Witness, type WatchedWrite } from './witness.ts'

const definition: TableDefinition = {
  name: 'Items',
  partitionKey: { name: 'id', type: 'S' },
  indexes: [],
}
const key: Item = { id: { S: 'a' } }
const deletes: Action = { kind: 'Delete', table: 'Items', key, showOld: false }

const single: SingleWrite = {
  kind: 'SingleWrite',
  action: deletes,
  returnValues: 'NONE',
  capacity: 'NONE',
  metrics: false,
}
const transaction: TransactWriteItems = {
  kind: 'TransactWriteItems',
  actions: [deletes],
  token: 'once',
  capacity: 'NONE',
}

/** A server with one item died during `operations`, and the next one found the item gone. */
function settled(operations: readonly WatchedWrite['operation'][]) {
  const models = new ModelTables([definition], [])
  const table = models.table(1, 'Items')
  table.items = [key]
  const nowMs = () => 0
  const count = () => {}
  const findings: string[] = []
  const report = (finding: string) => findings.push(finding)
  const tokens = new TokenLedger(models, nowMs, count)
  const isBroken = () => false
  const isLimited = false
  const witness = new Witness({ models, tokens, nowMs, report, count, isLimited, isBroken })
  const left = operations.map((operation, order): WatchedWrite => {
    const call = newCall(operation.kind, operation)
    const rows = ['a']
    const where = { rows, tables: [table], places: [], position: 0 }
    return { call, operation, ...where, beganMs: 0, asked: [], order }
  })
  const found = new Map([[table, []]])
  settleAfterCrash(left, { witness, models, tokens, found, count, report })
  return { items: table.items, isUncertain: tokens.isUncertain(transaction, 0), findings }
}

test('a delete of a transaction that nothing else explains was done with its token', () => {
  expect(settled([transaction])).toEqual({ items: [], isUncertain: false, findings: [] })
})

test('whether a transaction or another delete of the item was done stays open', () => {
  const open = { items: [], isUncertain: true, findings: [] }
  expect(settled([single, transaction])).toEqual(open)
  expect(settled([transaction, single])).toEqual(open)
})
