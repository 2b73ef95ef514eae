import { isDeepStrictEqual } from 'node:util'
import { contentOf, type Item, type Value } from '../model/attributes.ts'
import { equalItems, withCanonicalValues } from '../model/comparisons.ts'
import { countsOf } from '../model/database.ts'
import { entryOf, keyAttributesOf, type TableDefinition } from '../model/tables.ts'
import { counters } from './crashTables.ts'
import {
  keyText,
  type ItemsByKey,
  type StoreContents,
  type TableContents,
} from './storeContents.ts'
import type { ItemChange, TableChange, WriteRequest } from './writeRequest.ts'

interface ExpectedTable {
  definition: TableDefinition
  readonly items: Map<string, Item>
  /** Names of indexes whose deletion was acknowledged and may still be going on. */
  readonly leaving: Set<string>
}

/** Something that changed the acknowledged state. */
export type AcknowledgedStep = { readonly request: WriteRequest } | { readonly change: TableChange }

/** What became of the requests that were never answered. */
export interface Settlement {
  /** What contradicts the acknowledged state, a line each. Empty when all is well. */
  readonly problems: readonly string[]
  readonly present: readonly WriteRequest[]
  /** Deletions of what was not there, and such, tell nothing and are in neither list. */
  readonly absent: readonly WriteRequest[]
}

/**
 * What a store has to hold: the acknowledged state, and for every request without an answer its
 * state after it as well. INVARIANT: an item has at most one such request, except for counters,
 * which keep the ids of all requests that reached them.
 */
export class ExpectedStore {
  readonly #tables = new Map<string, ExpectedTable>()
  readonly #busy = new Set<string>()
  readonly #outstanding = new Set<WriteRequest>()
  /** Changes of requests without an answer that a reader was shown. */
  readonly #seen = new Map<WriteRequest, Set<ItemChange>>()
  readonly #tableChanges = new Set<TableChange>()
  readonly #onAcknowledged: (step: AcknowledgedStep) => void

  /** `onAcknowledged` is told of everything that is acknowledged, in this order. */
  constructor(onAcknowledged: (step: AcknowledgedStep) => void = () => {}) {
    this.#onAcknowledged = onAcknowledged
  }

  get outstanding(): ReadonlySet<WriteRequest> {
    return this.#outstanding
  }

  has(tableName: string): boolean {
    return this.#tables.has(tableName)
  }

  hasIndex(tableName: string, indexName: string): boolean {
    const indexes = this.#tables.get(tableName)?.definition.indexes ?? []
    return indexes.some(({ name }) => name === indexName)
  }

  isBusy(tableName: string, key: Item): boolean {
    return this.#busy.has(nameOf(tableName, key))
  }

  /** The acknowledged state of an item. */
  item(tableName: string, key: Item): Item | undefined {
    const table = this.#tables.get(tableName)
    return table?.items.get(keyIn(table.definition, key))
  }

  begin(request: WriteRequest): void {
    this.#outstanding.add(request)
    for (const { table, key } of touched(request)) this.#busy.add(nameOf(table, key))
  }

  /** The request succeeded; of a batch perhaps not all changes were made. */
  acknowledge(request: WriteRequest, made: readonly ItemChange[] = request.changes): void {
    this.#end(request)
    this.#onAcknowledged({ request })
    for (const change of made) this.#apply(change)
    for (const key of request.marks) this.#mark(key, request.id)
  }

  /** The request was answered with an error after which nothing of it may be there. */
  refuse(request: WriteRequest): void {
    this.#end(request)
  }

  /** A read showed a change of an unanswered request, so it has to last, and all of an atomic one. */
  showed(request: WriteRequest, change: ItemChange): void {
    if (!this.#outstanding.has(request)) return
    const seen = this.#seen.get(request) ?? new Set()
    this.#seen.set(request, seen.add(change))
  }

  beginTableChange(change: TableChange): void {
    this.#tableChanges.add(change)
  }

  refuseTableChange(change: TableChange): void {
    this.#tableChanges.delete(change)
  }

  acknowledgeTableChange(change: TableChange): void {
    this.#tableChanges.delete(change)
    this.#onAcknowledged({ change })
    if (change.kind === 'CreateTable') {
      const { definition } = change
      this.#tables.set(definition.name, { definition, items: new Map(), leaving: new Set() })
      return
    }
    if (change.kind === 'DeleteTable') {
      this.#tables.delete(change.table)
      return
    }
    const table = this.#tables.get(change.table) as ExpectedTable
    const others = table.definition.indexes.filter(({ name }) => name !== change.index.name)
    const isCreated = change.kind === 'CreateIndex'
    const indexes = isCreated ? [...others, change.index] : others
    table.definition = { ...table.definition, indexes }
    if (isCreated) table.leaving.delete(change.index.name)
    else table.leaving.add(change.index.name)
  }

  /**
   * Compares the store with what it has to hold and takes over what became of the requests that
   * were not answered. REQUIRES: no request is under way.
   */
  settle(contents: StoreContents): Settlement {
    const problems: string[] = []
    const [present, absent]: [WriteRequest[], WriteRequest[]] = [[], []]
    for (const change of this.#tableChanges) this.#settleTableChange(change, contents)
    for (const request of this.#outstanding) {
      const outcome = this.#settleRequest(request, contents, problems)
      if (outcome !== undefined) (outcome ? present : absent).push(request)
    }
    this.#compare(contents, problems)
    return { problems, present, absent }
  }

  #settleTableChange(change: TableChange, contents: StoreContents): void {
    if (this.#isMade(change, contents)) this.acknowledgeTableChange(change)
    else this.refuseTableChange(change)
  }

  #isMade(change: TableChange, contents: StoreContents): boolean {
    if (change.kind === 'CreateTable') return contents.has(change.definition.name)
    if (change.kind === 'DeleteTable') return !contents.has(change.table)
    const index = contents.get(change.table)?.indexes.get(change.index.name)
    if (change.kind === 'CreateIndex') return index !== undefined
    return index === undefined || index.status === 'DELETING'
  }

  /** Whether the request took effect; undefined when that leaves no trace. */
  #settleRequest(
    request: WriteRequest,
    contents: StoreContents,
    problems: string[],
  ): boolean | undefined {
    const seen = this.#seen.get(request)
    const changes = request.changes.map((change) => ({ change, made: madeOf(change, contents) }))
    const marks = request.marks.map((key) => isMarked(contents, key, request.id))
    const outcomes = [...changes.map(({ made }) => made), ...marks]
    const made = outcomes.includes(true)
    const missed = outcomes.includes(false)
    this.#end(request)
    for (const { change, made: isMade } of changes) if (isMade === true) this.#apply(change)
    request.marks.forEach((key, i) => marks[i] === true && this.#mark(key, request.id))
    if (request.atomic && made && missed) problems.push(`${told(request)} is half applied`)
    if (made && request.impossible) problems.push(`${told(request)} had to fail and is there`)
    const isGone = request.atomic
      ? missed && seen !== undefined
      : changes.some(({ change, made: isMade }) => isMade === false && seen?.has(change) === true)
    if (isGone) problems.push(`${told(request)} was shown to a reader and is gone`)
    return made ? true : missed ? false : undefined
  }

  #end(request: WriteRequest): void {
    this.#outstanding.delete(request)
    this.#seen.delete(request)
    for (const { table, key } of touched(request)) this.#busy.delete(nameOf(table, key))
  }

  /** Nothing when the table is gone meanwhile. */
  #apply({ table: tableName, key, after }: ItemChange): void {
    const table = this.#tables.get(tableName)
    if (table === undefined) return
    const name = keyIn(table.definition, key)
    if (after === undefined) table.items.delete(name)
    else table.items.set(name, after)
  }

  #mark(key: Item, id: string): void {
    const table = this.#tables.get(counters.name) as ExpectedTable
    const name = keyIn(table.definition, key)
    const ids = [...idsOf(table.items.get(name)), id]
    table.items.set(name, { ...key, n: { N: String(ids.length) }, ids: { SS: ids } })
  }

  #compare(contents: StoreContents, problems: string[]): void {
    const names = [...this.#tables.keys()].sort()
    const found = [...contents.keys()].sort()
    if (!isDeepStrictEqual(names, found)) {
      problems.push(`there are the tables ${found.join()} instead of ${names.join()}`)
    }
    for (const [name, table] of this.#tables) {
      const actual = contents.get(name)
      if (actual !== undefined) compareTable(table, actual, problems)
    }
  }
}

const told = ({ operation, id }: WriteRequest): string => `${operation} ${id}`

const nameOf = (table: string, key: Item): string => `${table} ${JSON.stringify(key)}`

const touched = ({ changes, checks }: WriteRequest): WriteRequest['checks'] => [
  ...changes,
  ...checks,
]

function keyIn(definition: TableDefinition, item: Item): string {
  return keyText(
    keyAttributesOf(definition).map(({ name }) => name),
    item,
  )
}

const idsOf = (counter: Item | undefined): readonly string[] =>
  counter === undefined ? [] : (contentOf(counter['ids'] as Value) as readonly string[])

/** The item as it is in the store; keys of all tables are `pk`, or `pk` and `sk`. */
function actualItem(contents: StoreContents, table: string, key: Item): Item | undefined {
  return contents.get(table)?.items.get(keyText(Object.keys(key), key))
}

/**
 * Whether the store has the item as the change leaves it. Other differences than between before and
 * after are found when everything is compared.
 */
function madeOf(
  { table, key, before, after }: ItemChange,
  contents: StoreContents,
): boolean | undefined {
  if (!contents.has(table)) return undefined
  const actual = actualItem(contents, table, key)
  if (after === undefined) return before === undefined ? undefined : actual === undefined
  return actual !== undefined && equalTag(actual['w'], after['w'])
}

const equalTag = (a: Value | undefined, b: Value | undefined): boolean => isDeepStrictEqual(a, b)

const isMarked = (contents: StoreContents, key: Item, id: string): boolean =>
  idsOf(actualItem(contents, counters.name, key)).includes(id)

function compareTable(table: ExpectedTable, actual: TableContents, problems: string[]): void {
  const { definition, items, leaving } = table
  const { name, indexes } = definition
  const expectedCounts = countsOf({ definition, items: [...items.values()] })
  compareItems(name, items, actual.items, problems)
  compareCounts(name, expectedCounts.table, actual.counts, problems)
  for (const [indexName, { status }] of actual.indexes) {
    const isExpected = indexes.some((index) => index.name === indexName)
    if (isExpected || (leaving.has(indexName) && status === 'DELETING')) continue
    problems.push(`table ${name} has an index ${indexName}, ${status}`)
  }
  for (const index of indexes) {
    const where = `${name}.${index.name}`
    const found = actual.indexes.get(index.name)
    if (found === undefined || found.status === 'DELETING') problems.push(`${where} is missing`)
    if (found?.entries === undefined) continue
    const entries = new Map<string, Item>()
    for (const [key, item] of items) {
      const entry = entryOf(definition, index, item)
      if (entry !== undefined) entries.set(key, entry)
    }
    compareItems(where, entries, found.entries, problems)
    const counts = expectedCounts.indexes[index.name] as readonly [number, number]
    compareCounts(where, counts, found.counts, problems)
  }
}

function compareCounts(
  where: string,
  expected: readonly [number, number],
  actual: readonly [number, number] | undefined,
  problems: string[],
): void {
  if (actual === undefined || isDeepStrictEqual(expected, actual)) return
  problems.push(`${where} counts ${actual.join(' and ')} bytes, not ${expected.join(' and ')}`)
}

function compareItems(
  where: string,
  expected: ItemsByKey,
  actual: ItemsByKey,
  problems: string[],
): void {
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [wanted, found] = [expected.get(key), actual.get(key)]
    if (wanted !== undefined && found !== undefined && isAsWanted(wanted, found)) continue
    problems.push(`${where} ${key} is ${shown(found)} and should be ${shown(wanted)}`)
  }
}

/** Whatever order the members of sets came in, they are shown in their own. */
const isAsWanted = (wanted: Item, found: Item): boolean =>
  equalItems(wanted, found) && isDeepStrictEqual(found, withCanonicalValues(found))

function shown(item: Item | undefined): string {
  const text = item === undefined ? 'absent' : JSON.stringify(item)
  return text.length > 300 ? `${text.slice(0, 300)}...` : text
}
