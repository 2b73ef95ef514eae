import { expect } from 'vitest'
import { GroupCommit } from '../commits/groupCommit.ts'
import { ApiError } from '../errors/apiError.ts'
import { compileUpdate } from '../expressions/applyUpdate.ts'
import { compileCondition } from '../expressions/evaluateCondition.ts'
import { createExpressionContext } from '../expressions/expressionContext.ts'
import { ItemImage } from '../items/itemImage.ts'
import { rowKeyOfKey } from '../items/primaryKey.ts'
import { tableCounterKey } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { Coordinator, type CoordinatorOptions } from '../transactions/coordinator.ts'
import type { PointName } from '../transactions/points.ts'
import type { Change, WriteAction } from '../transactions/writePlan.ts'
import type { AttributeValue, Item } from '../values/attributeValue.ts'
import { FaultyEngine } from './faultyEngine.ts'
import { HeldTransactions } from './heldTransactions.ts'
import { ManualClock } from './manualClock.ts'

const newTable = (): Table => ({
  number: 1,
  name: 'Players',
  arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/Players',
  primaryKey: { partitionKey: { name: 'id', type: 'S' }, sortKey: undefined },
  counter: { key: tableCounterKey(1), values: [0, 0] },
  record: undefined as never,
  version: 0,
  indexKeys: [],
  indexes: [],
  vectorIndexes: [],
  expiryOrder: undefined,
  stream: undefined,
  dropped: false,
})

/** A coordinator of one table whose items have an `id`, on an engine that a test holds. */
export interface OpenCoordinator {
  readonly engine: FaultyEngine
  /** What the engine stands on. */
  readonly store: MemoryEngine
  readonly clock: ManualClock
  readonly commits: GroupCommit
  readonly coordinator: Coordinator
  readonly table: Table
  put(id: string, attributes?: Item, condition?: string): WriteAction
  /** Adds to the attribute `n`. */
  add(id: string, n: string, condition?: string): WriteAction
  check(id: string, condition: string): WriteAction
  remove(id: string): WriteAction
  read(id: string): Promise<Item | undefined>
}

export function openCoordinator(options: Partial<CoordinatorOptions> = {}): OpenCoordinator {
  const store = new MemoryEngine()
  const engine = new FaultyEngine({ store })
  const clock = new ManualClock()
  const table = newTable()
  const commits = new GroupCommit(engine, clock)
  const coordinator = new Coordinator({ engine, commits, clock, ...options })
  const action = (id: string, change: Change, condition?: string): WriteAction => {
    const context = createExpressionContext({}, { reservedWords: 'refuse' })
    return {
      table,
      key: { id: { S: id } },
      rowKey: rowKeyOfKey(table, { id: { S: id } }),
      condition:
        condition === undefined
          ? undefined
          : compileCondition('ConditionExpression', condition, context),
      change,
      returnOldOnFailure: false,
    }
  }
  const put: OpenCoordinator['put'] = (id, attributes = {}, condition) => {
    const image = ItemImage.ofItem({ id: { S: id }, ...attributes })
    return action(id, { kind: 'Put', image }, condition)
  }
  return {
    engine,
    store,
    clock,
    commits,
    coordinator,
    table,
    put,
    add: (id, n, condition) => action(id, { kind: 'Update', update: addition(n) }, condition),
    check: (id, condition) => action(id, { kind: 'ConditionCheck' }, condition),
    remove: (id) => action(id, { kind: 'Delete' }),
    read: async (id) => (await coordinator.read(put(id).rowKey))?.item,
  }
}

function addition(n: string): ReturnType<typeof compileUpdate> {
  const context = createExpressionContext(
    { ExpressionAttributeValues: { ':n': { N: n } as AttributeValue } },
    { reservedWords: 'refuse' },
  )
  return compileUpdate('ADD n :n', context)
}

/** The same where the first transaction is held at `point`. */
export function openHeldCoordinator(
  point: PointName,
  options: Partial<CoordinatorOptions> = {},
): OpenCoordinator & { readonly points: HeldTransactions } {
  const points = new HeldTransactions()
  points.hold(point)
  return { points, ...openCoordinator({ points, ...options }) }
}

/** Long enough for every request so far to have handed its commit to the engine. */
export async function loopTurns(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** The error that a request must be refused with. */
export async function refusalOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => expect.fail('the request succeeded'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ApiError)
  return error as ApiError
}

/** The codes of a cancelled transaction's reasons. */
export const reasonsOf = (error: ApiError): readonly string[] =>
  ((error.members?.['CancellationReasons'] ?? []) as { Code: string }[]).map(({ Code }) => Code)
