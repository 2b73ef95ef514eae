import type { Item } from './attributes.ts'
import {
  addedUnits,
  consumedCapacity,
  readUnits,
  unitsOfWrite,
  writeUnits,
  type Units,
} from './capacity.ts'
import { columnsOf } from './columns.ts'
import { tableOf, type Database } from './database.ts'
import { invalid, Refusal } from './refusal.ts'
import { itemSize } from './sizes.ts'
import type { BatchExecuteStatement, ItemStatement, WriteStatement } from './statements.ts'
import { carriedOut, checkedAction, namesKeyAlone, returnedItem } from './statementWrites.ts'
import { checkKey, checkPathsOutsideAllKeys, itemAt, keyOf, sameKey, type Table } from './tables.ts'
import type { Action } from './writes.ts'

type Read = Extract<ItemStatement, { kind: 'Select' }>

/** A member that can be done. */
type Member = { readonly table: Table; readonly key: Item } & (
  | { readonly statement: Read; readonly action?: undefined }
  | { readonly statement: WriteStatement; readonly action: Action }
)

/** What became of a member; a refused one has units only where it was tried. */
interface Outcome {
  readonly table: Table
  readonly response: object
  readonly succeeded: boolean
  readonly units?: Units
}

/** All reads or all writes, each by itself; the answer of each is in its place. */
export function batchExecuteStatement(
  database: Database,
  { statements, capacity }: BatchExecuteStatement,
): object {
  const known = statements.filter(({ kind }) => kind !== 'Exists')
  const reads = known.filter(({ kind }) => kind === 'Select')
  if (reads.length > 0 && reads.length < known.length) {
    throw invalid('Read and write requests together in the same batch is not supported.')
  }
  const members = statements.map((each) => memberOf(database, each))
  checkDistinct(members.filter((each) => 'statement' in each))
  const outcomes = members.map((each) => ('response' in each ? each : outcomeOf(each)))
  const tables = [...new Set(outcomes.map(({ table }) => table))].filter((table) =>
    outcomes.some((each) => each.table === table && each.succeeded),
  )
  const consumed = tables.map((table) => {
    const units = outcomes.flatMap((each) => (each.table === table ? (each.units ?? []) : []))
    return consumedCapacity(capacity, table.definition, addedUnits(units))
  })
  return {
    Responses: outcomes.map(({ response }) => response),
    ConsumedCapacity: capacity === 'NONE' || tables.length === 0 ? undefined : consumed,
  }
}

function memberOf(database: Database, statement: ItemStatement): Member | Outcome {
  const table = tableOf(database, statement.table)
  const { definition } = table
  try {
    if (statement.kind === 'Exists') {
      throw invalid("Statement wasn't well formed, can't be processed: Expected data manipulation")
    }
    if (statement.kind === 'Select') {
      checkKeyAlone(table, statement)
      checkKey(definition, statement.key)
      checkPathsOutsideAllKeys(definition, statement.columns ?? [])
      return { table, statement, key: statement.key }
    }
    const action = checkedAction(definition, statement)
    const key = action.kind === 'Put' ? keyOf(definition, action.item) : action.key
    return { table, statement, action, key }
  } catch (error) {
    return refused(table, error)
  }
}

function checkKeyAlone({ definition }: Table, read: Read): void {
  if (namesKeyAlone(definition, read)) return
  throw invalid(
    'Select statements within BatchExecuteStatement must specify the primary key in the where ' +
      'clause.',
  )
}

function checkDistinct(members: readonly Member[]): void {
  const hasTwin = members.some(({ table, key }, i) =>
    members
      .slice(0, i)
      .some((other) => other.table === table && sameKey(table.definition, key, other.key)),
  )
  if (hasTwin) throw invalid('Provided list of item keys contains duplicates')
}

function outcomeOf(member: Member): Outcome {
  const { table, key } = member
  const { definition } = table
  const TableName = definition.name
  if (member.action === undefined) {
    const { columns, consistent } = member.statement
    const item = itemAt(table, key)
    return {
      table,
      response: { TableName, Item: item === undefined ? undefined : columnsOf(item, columns) },
      succeeded: true,
      units: { table: readUnits(sizeOf(item), consistent), indexes: {} },
    }
  }
  const { statement, action } = member
  try {
    // The item that a condition was false for is never shown in a batch.
    const change = carriedOut(table, { ...action, showOld: false })
    return {
      table,
      response: { TableName, Item: returnedItem(statement, action, change) },
      succeeded: true,
      units: unitsOfWrite(definition, change.before, change.after),
    }
  } catch (error) {
    const sent = action.kind === 'Put' ? action.item : undefined
    const bytes = Math.max(sizeOf(itemAt(table, key)), sizeOf(sent))
    return { ...refused(table, error), units: { table: 0, indexes: {}, beside: writeUnits(bytes) } }
  }
}

const sizeOf = (item: Item | undefined): number => (item === undefined ? 0 : itemSize(item))

const codes: Readonly<Record<string, string>> = {
  ValidationException: 'ValidationError',
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  DuplicateItemException: 'DuplicateItem',
}

/** The table is named, unless the statement itself is at fault. */
function refused(table: Table, error: unknown): Outcome {
  if (!(error instanceof Refusal)) throw error
  const Error = { Code: codes[error.type], Message: error.message }
  const isOfStatement = Error.Code === 'ValidationError'
  const response = isOfStatement ? { Error } : { Error, TableName: table.definition.name }
  return { table, response, succeeded: false }
}
