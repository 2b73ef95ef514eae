import type { Item } from '../../model/attributes.ts'
import { equalItems } from '../../model/comparisons.ts'
import { itemAt, keyOf, type Table } from '../../model/tables.ts'
import type { TransactWriteItems } from '../../model/transactions.ts'
import { keyOfAction, type Action, type SingleWrite } from '../../model/writes.ts'
import type { ModelTables } from './modelTables.ts'
import type { TokenLedger } from './tokenLedger.ts'
import type { WatchedWrite, Witness } from './witness.ts'

export interface Settlement {
  readonly witness: Witness
  readonly models: ModelTables
  readonly tokens: TokenLedger
  /** What the next server found, by the model's tables; tables that are gone have no entry. */
  readonly found: ReadonlyMap<Table, readonly Item[]>
  /** Whether a write in the middle of a bundle may have been refused by itself. */
  readonly isLimited: boolean
  readonly count: (kind: string) => void
  readonly report: (finding: string) => void
}

/**
 * Decides from what the next server found which of the writes that died with the last one took
 * effect, and lets the model do those. Whatever cannot be explained in this way shows afterwards as a
 * difference between the model and what was found.
 */
export function settleAfterCrash(left: readonly WatchedWrite[], settlement: Settlement): void {
  const singles = new Map<string, WatchedWrite[]>()
  for (const write of left) {
    if (isTransaction(write)) continue
    const row = write.rows[0] as string
    singles.set(row, [...(singles.get(row) ?? []), write])
  }
  for (const write of left) if (isTransaction(write)) settleTransaction(write, singles, settlement)
  for (const writes of singles.values()) settleSingles(writes, settlement)
}

const isTransaction = ({ operation }: WatchedWrite): boolean =>
  operation.kind === 'TransactWriteItems'

/**
 * A transaction took effect when all its items are as it leaves them. Where single writes explain them
 * as well, as deletes of the same items do, nobody can tell.
 */
function settleTransaction(
  write: WatchedWrite,
  singles: ReadonlyMap<string, readonly WatchedWrite[]>,
  settlement: Settlement,
): void {
  const operation = write.operation as TransactWriteItems
  const { found, models, witness, tokens, count, report } = settlement
  if (!write.tables.every((table) => found.has(table))) return tokens.doubt(operation)
  // Its token may have ended by then; whether it had is judged when it turns out to be done.
  const { token: _, ...untold } = operation
  const outcome = models.outcomeOf(untold, write.tables)
  if (outcome === undefined) return
  const changed: string[] = []
  for (const [i, action] of operation.actions.entries()) {
    const [before, after] = [write.tables, outcome].map((tables) => itemOf(tables, action))
    if (isSame(before, after)) continue
    changed.push(write.rows[i] as string)
    if (!isSame(after, foundItem(action, write.tables, found))) return count('unknown: lost')
  }
  const mayBeOfOthers = (row: string): boolean =>
    explanation(singles.get(row) ?? [], write.tables, settlement) !== undefined
  if (changed.every(mayBeOfOthers)) return tokens.doubt(operation)
  const verdict = tokens.judge(operation, write.beganMs, false)
  if (verdict !== undefined) report(`${write.call.description}\n  ${verdict}`)
  witness.tookEffect(write)
  count('unknown: done')
}

/** Of the writes of one item those took effect that make what was found, the first ones as a rule. */
function settleSingles(writes: readonly WatchedWrite[], settlement: Settlement): void {
  const { found, witness, count } = settlement
  const [first] = writes as [WatchedWrite]
  if (!found.has(first.tables[0] as Table)) return
  const done = explanation(writes, first.tables, settlement)
  if (done === undefined) return
  for (const write of writes) {
    if (done.includes(write)) witness.tookEffect(write)
    count(done.includes(write) ? 'unknown: done' : 'unknown: lost')
  }
}

/** The writes that lead from `tables` to what was found; undefined when none do. */
function explanation(
  writes: readonly WatchedWrite[],
  tables: readonly Table[],
  settlement: Settlement,
): readonly WatchedWrite[] | undefined {
  const [next, ...others] = writes
  if (next === undefined) return undefined
  const { found, models, isLimited } = settlement
  const { action } = next.operation as SingleWrite
  const target = foundItem(action, next.tables, found)
  if (isSame(itemOf(tables, action), target)) return []
  const after = models.outcomeOf(next.operation, tables) ?? tables
  if (isSame(itemOf(after, action), target)) return [next]
  const rest = explanation(others, after, settlement)
  if (rest !== undefined) return [next, ...rest]
  return isLimited ? explanation(others, tables, settlement) : undefined
}

function itemOf(tables: readonly Table[], action: Action): Item | undefined {
  return itemAt(tableOf(tables, action), keyOfAction(action))
}

function foundItem(
  action: Action,
  tables: readonly Table[],
  found: ReadonlyMap<Table, readonly Item[]>,
): Item | undefined {
  const table = tableOf(tables, action)
  const items = found.get(table) as readonly Item[]
  return itemAt({ ...table, items }, keyOfAction(action))
}

const tableOf = (tables: readonly Table[], action: Action): Table =>
  tables.find(({ definition }) => definition.name === action.table) as Table

function isSame(a: Item | undefined, b: Item | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return equalItems(a, b)
}

/** What differs between the model's table and the items that were found; undefined when nothing. */
export function tableDifference(table: Table, found: readonly Item[]): string | undefined {
  const differences: string[] = []
  const tell = (item: Item, side: string): void => {
    differences.push(`${side} ${JSON.stringify(item)}`)
  }
  for (const item of found) {
    const own = itemAt(table, item)
    if (own !== undefined && equalItems(own, item)) continue
    tell(item, 'server:')
    if (own !== undefined) tell(own, 'model: ')
  }
  for (const item of table.items) {
    const isThere = itemAt({ ...table, items: found }, item) !== undefined
    if (!isThere) tell(keyOf(table.definition, item), 'only the model has')
  }
  return differences.length === 0 ? undefined : differences.join('\n  ')
}
