import type { Item } from './attributes.ts'
import {
  addedUnits,
  consumedCapacity,
  readUnits,
  unitsOfWrite,
  type CapacityMode,
  type Units,
} from './capacity.ts'
import { tableOf, type Database } from './database.ts'
import type { Path } from './documentPaths.ts'
import { read } from './reads.ts'
import { invalid, Refusal } from './refusal.ts'
import { isEmptyText, itemSize } from './sizes.ts'
import { checkIndexKeysFilled } from './indexKeys.ts'
import {
  checkKey,
  checkKeyFilled,
  checkPathsOutsideAllKeys,
  isKey,
  itemAt,
  keyOf,
  limitedSize,
  sameKey,
  store,
  type Table,
  type TableDefinition,
} from './tables.ts'
import {
  changeOf,
  checkKeysOf,
  checkNoIndexKeyEmptied,
  checkSizeOfPut,
  keyOfAction,
  type Action,
  type Change,
} from './writes.ts'

export interface TransactWriteItems {
  readonly kind: 'TransactWriteItems'
  readonly actions: readonly Action[]
  readonly token?: string
  readonly capacity: CapacityMode
}

export interface TransactGetItems {
  readonly kind: 'TransactGetItems'
  readonly gets: readonly {
    readonly table: string
    readonly key: Item
    readonly projection?: readonly Path[]
  }[]
  readonly capacity: CapacityMode
}

interface Reason {
  readonly Code: string
  readonly Message?: string
  readonly Item?: Item
}

/** The writes of a transaction, and what its token stands for. */
interface Writes {
  readonly actions: readonly Action[]
  readonly token: string | undefined
  /** The same for the same request. */
  readonly request: string
  readonly capacity: CapacityMode
}

export function transactWriteItems(database: Database, request: TransactWriteItems): object {
  const { actions, token, capacity } = request
  return writesTogether(database, { actions, token, request: JSON.stringify(actions), capacity })
}

/**
 * Every action is judged on what was there before the transaction; then all take effect, or none.
 */
export function writesTogether(database: Database, writes: Writes): object {
  const { actions, token, request, capacity } = writes
  const tables = actions.map((action) => tableOf(database, action.table))
  const keys = actions.map((action, i) => itemKeyOf((tables[i] as Table).definition, action))
  checkDistinct(tables, keys)
  actions.forEach((action, i) => checkRequest((tables[i] as Table).definition, action))
  const spent = database.tokens.find((each) => each.token === token)
  if (spent !== undefined) {
    checkSameRequest(spent.request === request)
    return spent.replay(capacity)
  }

  const changes = judged(actions, tables)
  actions.forEach((action, i) => {
    store(tables[i] as Table, keyOfAction(action), (changes[i] as Change).after)
  })
  if (token !== undefined) {
    const units = changes.map((change) => unitsOfReplay(change))
    const replay = (mode: CapacityMode): object =>
      capacities(tables, units, mode, 'ReadCapacityUnits')
    database.tokens = [...database.tokens, { token, request, replay }]
  }
  const units = changes.map((change, i) => unitsOfAction((tables[i] as Table).definition, change))
  return capacities(tables, units, capacity, 'WriteCapacityUnits')
}

function checkSameRequest(isSame: boolean): void {
  if (isSame) return
  throw new Refusal(
    'IdempotentParameterMismatchException',
    'DynamoDB rejected the request because you retried a request with a different payload but ' +
      'with an idempotent token that was already used.',
  )
}

/** What is to be the key of an action's item: of a put, only what the table's key consists of. */
function itemKeyOf(definition: TableDefinition, action: Action): Item {
  return action.kind === 'Put' ? keyOf(definition, action.item) : action.key
}

/** No two actions name one item. A key that does not fit its table, or is empty, names none. */
function checkDistinct(tables: readonly Table[], keys: readonly Item[]): void {
  keys.forEach((key, i) => {
    const { definition } = tables[i] as Table
    const twin = keys.findIndex((other, j) => {
      return j < i && tables[i] === tables[j] && isSameItem(definition, key, other)
    })
    if (twin < 0) return
    throw invalid('Transaction request cannot include multiple operations on one item')
  })
}

function isSameItem(definition: TableDefinition, a: Item, b: Item): boolean {
  const areKeys = [a, b].every((key) => isKey(definition, key) && !hasEmptyText(key))
  return areKeys && sameKey(definition, a, b)
}

const hasEmptyText = (key: Item): boolean => Object.values(key).some(isEmptyText)

/** What refuses a whole request instead of cancelling the transaction. */
function checkRequest(definition: TableDefinition, action: Action): void {
  if (action.kind === 'Put') checkSizeOfPut(itemSize(action.item))
  checkKeyFilled(definition, keyOfAction(action))
  if (action.kind === 'Put') checkIndexKeysFilled(definition, action.item)
  if (action.kind === 'Update') checkNoIndexKeyEmptied(definition, action.update)
  if (action.kind === 'Put' && matchesSchema(definition, action)) {
    checkSizeOfPut(limitedSize(definition, action.item))
  }
}

function matchesSchema(definition: TableDefinition, action: Action): boolean {
  try {
    checkKeysOf(definition, action)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

/**
 * The changes of all actions. Otherwise the transaction is cancelled: the first action that is
 * invalid is the only one with a reason; failed conditions are all reported.
 */
function judged(actions: readonly Action[], tables: readonly Table[]): Change[] {
  const outcomes = actions.map((action, i) => attempt(tables[i] as Table, action))
  const reasons = outcomes.map((outcome) => reasonOf(outcome))
  const faulty = reasons.findIndex(({ Code }) => Code === 'ValidationError')
  if (faulty >= 0) throw cancelled(reasons.map((reason, i) => (i === faulty ? reason : none)))
  if (reasons.some((reason) => reason !== none)) throw cancelled(reasons)
  return outcomes as Change[]
}

function attempt(table: Table, action: Action): Change | Refusal {
  try {
    checkKeysOf(table.definition, action)
    return changeOf(table, action)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

const none: Reason = { Code: 'None' }

const reasonCodes: Readonly<Record<string, string>> = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  DuplicateItemException: 'DuplicateItem',
}

function reasonOf(outcome: Change | Refusal): Reason {
  if (!(outcome instanceof Refusal)) return none
  const Code = reasonCodes[outcome.type] ?? 'ValidationError'
  return { Code, Message: outcome.message, ...outcome.members }
}

function cancelled(reasons: readonly Reason[]): Refusal {
  const codes = reasons.map(({ Code }) => Code).join(', ')
  return new Refusal(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  )
}

/** The table's own units twice, to prepare and to commit; indexes as outside a transaction. */
function unitsOfAction(definition: TableDefinition, { before, after }: Change): Units {
  const units = unitsOfWrite(definition, before, after)
  return { ...units, table: 2 * units.table }
}

/** A request that comes again reads what it wrote. */
function unitsOfReplay({ before, after }: Change): Units {
  const bytes = Math.max(
    ...[before, after].map((item) => (item === undefined ? 0 : itemSize(item))),
  )
  return { table: 2 * readUnits(bytes, true), indexes: {} }
}

/** The ConsumedCapacity of a transaction: one entry for each table, in the order of the actions. */
function capacities(
  tables: readonly Table[],
  units: readonly Units[],
  mode: CapacityMode,
  kind: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): object {
  if (mode === 'NONE') return {}
  const entries = [...new Set(tables)].map((table) => {
    const own = addedUnits(units.filter((_, i) => tables[i] === table))
    return consumedCapacity(mode, table.definition, own, kind)
  })
  return { ConsumedCapacity: entries }
}

/**
 * Reads all items at one moment. A missing item, and one of which nothing is projected, give `{}`.
 */
export function transactGetItems(database: Database, request: TransactGetItems): object {
  const { gets, capacity } = request
  const tables = gets.map(({ table }) => tableOf(database, table))
  checkDistinct(
    tables,
    gets.map(({ key }) => key),
  )
  gets.forEach(({ key }, i) => checkKeyFilled((tables[i] as Table).definition, key))
  const faults = gets.map((get, i) => getFault((tables[i] as Table).definition, get))
  const faulty = faults.findIndex((reason) => reason !== none)
  if (faulty >= 0) throw cancelled(faults.map((reason, i) => (i === faulty ? reason : none)))
  const items = gets.map(({ key }, i) => itemAt(tables[i] as Table, key))
  const Responses = gets.map(({ projection }, i) => {
    const item = items[i]
    if (item === undefined) return {}
    const part = read(item, projection)
    return Object.keys(part).length === 0 ? {} : { Item: part }
  })
  const units = items.map((item) => unitsOfReplay({ before: item, after: item }))
  return { Responses, ...capacities(tables, units, capacity, 'ReadCapacityUnits') }
}

function getFault(
  definition: TableDefinition,
  { key, projection }: TransactGetItems['gets'][number],
): Reason {
  try {
    checkKey(definition, key)
    checkPathsOutsideAllKeys(definition, projection ?? [])
    return none
  } catch (error) {
    if (error instanceof Refusal) return reasonOf(error)
    throw error
  }
}
