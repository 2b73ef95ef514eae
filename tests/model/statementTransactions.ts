import { columnsOf } from './columns.ts'
import { tableOf, type Database } from './database.ts'
import { invalid, Refusal } from './refusal.ts'
import type { ExecuteTransaction, ItemStatement } from './statements.ts'
import { actionOf, namesKeyAlone } from './statementWrites.ts'
import { itemAt, type Table, type TableDefinition } from './tables.ts'
import { transactGetItems, writesTogether } from './transactions.ts'

type Read = Extract<ItemStatement, { kind: 'Select' }>
type Write = Exclude<ItemStatement, Read>

/** All reads, at one moment, or all writes and checks, all of which take effect, or none. */
export function executeTransaction(database: Database, request: ExecuteTransaction): object {
  const { statements } = request
  statements.forEach((each, i) => told(i, () => checkReturning(each)))
  const reads = statements.filter((each) => each.kind === 'Select')
  const writes = statements.filter((each) => each.kind !== 'Select')
  if (reads.length > 0 && writes.length > 0) {
    throw invalid(
      'ExecuteTransaction API does not support both read and write operations in the same request.',
    )
  }
  return reads.length > 0
    ? readTogether(database, reads, request)
    : writeTogether(database, writes, request)
}

/** What `work` gives; the fault of a statement is told with its position. */
function told<T>(position: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw invalid(`Validation failed in TransactStatements[${position}]: ${error.message}`)
  }
}

function checkReturning(statement: ItemStatement): void {
  if (!('returning' in statement) || statement.returning === undefined) return
  throw invalid('RETURNING clause is not supported in ExecuteTransaction.')
}

/** The same as of TransactGetItems, but that what is shown of an item are columns. */
function readTogether(
  database: Database,
  reads: readonly Read[],
  { capacity }: ExecuteTransaction,
): object {
  const tables = reads.map(({ table }) => tableOf(database, table))
  reads.forEach((read, i) => {
    told(i, () => checkKeyAlone((tables[i] as Table).definition, read))
  })
  const gets = reads.map(({ table, key, columns }) => {
    return { table, key, ...(columns !== undefined && { projection: columns }) }
  })
  const answer = transactGetItems(database, { kind: 'TransactGetItems', gets, capacity })
  const Responses = reads.map(({ key, columns }, i) => {
    const item = itemAt(tables[i] as Table, key)
    if (item === undefined) return {}
    const shown = columnsOf(item, columns)
    return Object.keys(shown).length === 0 ? {} : { Item: shown }
  })
  return { ...answer, Responses }
}

function checkKeyAlone(definition: TableDefinition, read: Read): void {
  if (namesKeyAlone(definition, read)) return
  throw invalid(
    'Select statements within ExecuteTransaction must specify the primary key in the where clause.',
  )
}

/** Tokens are not those of TransactWriteItems. */
function writeTogether(
  database: Database,
  writes: readonly Write[],
  { token, capacity }: ExecuteTransaction,
): object {
  const tables = writes.map(({ table }) => tableOf(database, table))
  const actions = writes.map((each, i) => {
    return told(i, () => actionOf((tables[i] as Table).definition, each))
  })
  const answer = writesTogether(database, {
    actions,
    token: token === undefined ? undefined : `ExecuteTransaction ${token}`,
    request: JSON.stringify(writes),
    capacity,
  })
  return { ...answer, Responses: [] }
}
