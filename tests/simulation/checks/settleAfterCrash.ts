import type { Item } from '../../model/attributes.ts'
import { equalItems } from '../../model/comparisons.ts'
import { itemAt, keyOf, type Table } from '../../model/tables.ts'
import { keyOfAction, type Action } from '../../model/writes.ts'
import type { ModelTables } from './modelTables.ts'
import type { TokenLedger } from './tokenLedger.ts'
import type { WatchedWrite, Witness } from './witness.ts'

export interface Settlement {
  readonly witness: Witness
  readonly models: ModelTables
  readonly tokens: TokenLedger
  /** What the next server found, by the model's tables; tables that are gone have no entry. */
  readonly found: ReadonlyMap<Table, readonly Item[]>
  readonly count: (kind: string) => void
  readonly report: (finding: string) => void
}

/** What the model's tables hold if some of the writes took effect. */
type State = ReadonlyMap<Table, readonly Item[]>

/** So many ways to explain what was found are tried, most of which end at once. */
const mostTries = 3000

/**
 * Decides from what the next server found which of the writes that died with the last one took
 * effect, and lets the model do those. What was never handed over to be committed did not; the others
 * did in the order in which they were, as a rule the first ones of them. Whatever cannot be explained
 * in this way shows afterwards as a difference between the model and what was found.
 */
export function settleAfterCrash(left: readonly WatchedWrite[], settlement: Settlement): void {
  const { found, tokens, witness, count } = settlement
  const handedOver = left.filter(({ order }) => order !== undefined)
  handedOver.sort((a, b) => (a.order as number) - (b.order as number))
  const writes = handedOver.filter(({ tables }) => tables.every((table) => found.has(table)))
  for (const write of handedOver) if (!writes.includes(write)) doubt(write, tokens)
  let done = new Explanation(writes, settlement).find(new Map())
  for (const write of writes.filter(isTransaction)) {
    if (done === undefined) break
    const other = new Map([[write, !done.has(write)]])
    const otherwise = new Explanation(writes, settlement).find(other)
    if (otherwise === undefined) continue
    // Nobody can tell; of what shows nowhere the model knows nothing.
    doubt(write, tokens)
    if (done.has(write)) done = otherwise
  }
  for (const write of left) count(done?.has(write) === true ? 'unknown: done' : 'unknown: lost')
  for (const write of done ?? []) {
    judgeToken(write, settlement)
    witness.tookEffect(write)
  }
}

const isTransaction = ({ operation }: WatchedWrite): boolean =>
  operation.kind === 'TransactWriteItems'

function doubt({ operation }: WatchedWrite, tokens: TokenLedger): void {
  if (operation.kind === 'TransactWriteItems') tokens.doubt(operation)
}

function judgeToken(
  { operation, beganMs, call }: WatchedWrite,
  { tokens, report }: Settlement,
): void {
  if (operation.kind !== 'TransactWriteItems') return
  const verdict = tokens.judge(operation, beganMs, false)
  if (verdict !== undefined) report(`${call.description}\n  ${verdict}`)
}

/** Which of some writes took effect, so that what was found is what they leave. */
class Explanation {
  readonly #writes: readonly WatchedWrite[]
  readonly #settlement: Settlement
  readonly #actions: readonly (readonly [table: Table, action: Action])[]
  #tries = 0

  constructor(writes: readonly WatchedWrite[], settlement: Settlement) {
    this.#writes = writes
    this.#settlement = settlement
    this.#actions = writes.flatMap(({ tables, operation }) =>
      actionsOf(operation).map((action) => [tableOf(tables, action), action] as const),
    )
  }

  /** The writes that did, in order; undefined when none explain it. Of those in `forced` it is said. */
  find(forced: ReadonlyMap<WatchedWrite, boolean>): ReadonlySet<WatchedWrite> | undefined {
    const done = this.#from(0, new Map(), forced)
    return done && new Set(done)
  }

  /** The first ones, or all but few that were refused by themselves. */
  #from(
    at: number,
    state: State,
    forced: ReadonlyMap<WatchedWrite, boolean>,
  ): readonly WatchedWrite[] | undefined {
    this.#tries += 1
    if (this.#tries > mostTries) return undefined
    const isOver = this.#writes.slice(at).every((write) => forced.get(write) !== true)
    if (isOver && this.#isFound(state)) return []
    const write = this.#writes[at]
    if (write === undefined) return undefined
    const after = forced.get(write) === false ? undefined : this.#after(write, state)
    const rest = after && this.#from(at + 1, after, forced)
    if (rest !== undefined) return [write, ...rest]
    return forced.get(write) === true ? undefined : this.#from(at + 1, state, forced)
  }

  #isFound(state: State): boolean {
    return this.#actions.every(([table, action]) => {
      const items = this.#settlement.found.get(table) as readonly Item[]
      const known = { ...table, items: state.get(table) ?? table.items }
      return isSame(
        itemAt(known, keyOfAction(action)),
        itemAt({ ...table, items }, keyOfAction(action)),
      )
    })
  }

  /** Undefined when the model refuses the write. */
  #after({ operation, tables }: WatchedWrite, state: State): State | undefined {
    const now = tables.map((table) => ({ ...table, items: state.get(table) ?? table.items }))
    // Its token may have ended by then; whether it had is judged when it turns out to be done.
    const { token: _, ...untold } = { token: undefined, ...operation }
    const outcome = this.#settlement.models.outcomeOf(untold as typeof operation, now)
    if (outcome === undefined) return undefined
    const after = new Map(state)
    tables.forEach((table, i) => after.set(table, (outcome[i] as Table).items))
    return after
  }
}

const actionsOf = (operation: WatchedWrite['operation']): readonly Action[] =>
  operation.kind === 'TransactWriteItems' ? operation.actions : [operation.action]

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
