import { batchedStatementPermissions } from './statementPermissions.ts'
import { consumedCapacities, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfItem } from '../../capacity/readCapacity.ts'
import { writeUnitsOfSize } from '../../capacity/capacityUnits.ts'
import { UsageByName, unitsOfTable, type TableUsage, type Usage } from '../../capacity/usage.ts'
import {
  batchedSelectWithoutKey,
  batchStatementError,
  mixedBatch,
  notWellFormed,
  type BatchStatementError,
} from '../../errors/statementErrors.ts'
import { Throttled, type Refusal } from '../../errors/throttlingErrors.ts'
import { rowKeyOfKey } from '../../items/primaryKey.ts'
import type { BoundSelect, BoundStatement, BoundWrite } from '../../partiql/boundStatement.ts'
import { keyEqualities } from '../../partiql/keyEqualities.ts'
import { projected, type Projection } from '../../reads/projection.ts'
import { keyNamesOf, type Table } from '../../schema/table.ts'
import type { WriteAction } from '../../transactions/writePlan.ts'
import { checkDistinctRows } from '../items/batchGetItem.ts'
import { checkPathsOutsideAllKeys } from '../items/scalarKeys.ts'
import type { NamedResource } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { readItem, writeItem } from '../throughput/singleItems.ts'
import { columnsProjection } from './selectPlan.ts'
import {
  boundStatementOf,
  isRead,
  sourceOf,
  statementResources,
  type StatementParameters,
} from './statementParameters.ts'
import { returnedItem, usageOfWrite, writeOfStatement } from './writeStatement.ts'

interface BatchedStatement extends StatementParameters {
  readonly ConsistentRead?: boolean
}

export interface BatchExecuteStatementRequest {
  readonly Statements: readonly BatchedStatement[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** A member that can be done. */
type Member =
  | {
      readonly kind: 'read'
      readonly request: BatchedStatement
      readonly name: string
      readonly table: Table
      readonly rowKey: Buffer
      readonly projection: Projection
    }
  | { readonly kind: 'write'; readonly statement: BoundWrite; readonly action: WriteAction }

/** What a member came to; `usage` of one that failed counts only beside others of its table. */
interface Outcome {
  readonly response: {
    readonly TableName?: string | undefined
    readonly Item?: object | undefined
    readonly Error?: BatchStatementError
  }
  readonly usage?: TableUsage
  /** Why it was throttled, if it was. */
  readonly refusals?: readonly Refusal[]
}

/**
 * BatchExecuteStatement: up to 25 statements, each of one item and by itself: all reads or all
 * writes. A member that cannot be done has an error in its place.
 */
export async function batchExecuteStatement(
  services: Services,
  request: BatchExecuteStatementRequest,
): Promise<Answer> {
  const members = boundMembers(services, request.Statements)
  const outcomes = await Promise.all(
    members.map(async (member) => ('response' in member ? member : outcomeOf(services, member))),
  )
  const refusals = outcomes.flatMap((outcome) => outcome.refusals ?? [])
  const usage = usageOf(outcomes)
  const capacities = consumedCapacities(request.ReturnConsumedCapacity, usage)
  return {
    response: {
      Responses: outcomes.map(({ response }) => response),
      ConsumedCapacity: usage.length === 0 ? undefined : capacities,
    },
    usage,
    ...(refusals.length > 0 && { refusals }),
  }
}

/** Every member on its table, or why it has none. Throws what concerns the batch as a whole. */
function boundMembers(
  services: Services,
  requests: readonly BatchedStatement[],
): (Member | Outcome)[] {
  const statements = requests.map((each) => orFailed(() => batchedStatementOf(each)))
  const kinds = statements.flatMap((each) => ('response' in each ? [] : isRead(each)))
  if (kinds.includes(true) && kinds.includes(false)) throw mixedBatch()
  const members = statements.map((statement, i) => {
    if ('response' in statement) return statement
    const request = requests[i] as BatchedStatement
    return orFailed(() => memberOf(services, statement, request), sourceOf(statement).table)
  })
  checkDistinctRows(members.flatMap((each) => ('response' in each ? [] : rowKeyOfMember(each))))
  return members
}

function batchedStatementOf(request: BatchedStatement): BoundStatement {
  const statement = boundStatementOf(request)
  if (statement.kind === 'exists') throw notWellFormed('Expected data manipulation')
  return statement
}

const rowKeyOfMember = (member: Member): Buffer =>
  member.kind === 'read' ? member.rowKey : member.action.rowKey

function memberOf(
  services: Services,
  statement: BoundStatement,
  request: BatchedStatement,
): Member {
  const table = services.catalog.tableForData(sourceOf(statement).table)
  if (statement.kind === 'select') return readOf(table, statement, request)
  const write = statement as BoundWrite
  return { kind: 'write', statement: write, action: writeOfStatement(table, write, request) }
}

/** The read of one item by its key that a SELECT must be. */
function readOf(table: Table, select: BoundSelect, request: BatchedStatement): Member {
  const { source, columns, where } = select
  const found = keyEqualities(where, keyNamesOf(table))
  const isByKeyAlone = found !== undefined && found.rest === undefined
  if (!isByKeyAlone || source.index !== undefined) throw batchedSelectWithoutKey()
  const rowKey = rowKeyOfKey(table, found.key)
  const projection = columnsProjection(columns)
  if (projection.kind === 'columns') {
    checkPathsOutsideAllKeys(
      table,
      projection.columns.map(({ path }) => path),
    )
  }
  return { kind: 'read', request, name: source.table, table, rowKey, projection }
}

/** What `work` gives, or the outcome of a member that it failed for. */
function orFailed<Made>(work: () => Made, tableName?: string): Made | Outcome {
  try {
    return work()
  } catch (error) {
    return { response: failureOf(error, tableName) }
  }
}

/** A member's error. The table is named, unless the statement itself is at fault. */
function failureOf(error: unknown, TableName: string | undefined): Outcome['response'] {
  const Error = batchStatementError(error)
  if (Error === undefined) throw error
  return Error.Code === 'ValidationError' ? { Error } : { Error, TableName }
}

async function outcomeOf(services: Services, member: Member): Promise<Outcome> {
  if (member.kind === 'write') return outcomeOfWrite(services, member)
  const { request, name: TableName, table, rowKey, projection } = member
  try {
    const image = await readItem(services, { table, rowKey }, request.ConsistentRead)
    const units = readUnitsOfItem(image?.sizeBytes ?? 0, request.ConsistentRead)
    return {
      response: { TableName, Item: image === undefined ? undefined : projected(image, projection) },
      usage: { name: TableName, table, kind: 'read', units: unitsOfTable(units) },
    }
  } catch (error) {
    return throttledOutcome(error, TableName)
  }
}

/** A member that took nothing, for it was throttled. */
function throttledOutcome(error: unknown, TableName: string): Outcome {
  if (!(error instanceof Throttled)) throw error
  return { response: failureOf(error, TableName), refusals: error.refusals }
}

async function outcomeOfWrite(
  services: Services,
  { statement, action }: Extract<Member, { kind: 'write' }>,
): Promise<Outcome> {
  const { table: TableName } = statement.source
  // A batch never gives back the item that a condition was false for.
  const write = { ...action, returnOldOnFailure: false }
  try {
    const result = await writeItem(services, write)
    const response = { TableName, Item: returnedItem(statement, result) }
    return { response, usage: usageOfWrite(statement, action, result) }
  } catch (error) {
    if (error instanceof Throttled) return throttledOutcome(error, TableName)
    const response = failureOf(error, TableName)
    const stored = await services.coordinator.read(action.rowKey)
    const sentBytes = action.change.kind === 'Put' ? action.change.image.sizeBytes : 0
    const total = writeUnitsOfSize(Math.max(stored?.sizeBytes ?? 0, sentBytes))
    const units = { total, table: 0, indexes: [] }
    return { response, usage: { name: TableName, table: action.table, kind: 'write', units } }
  }
}

/** A table of which no member succeeded is left out. */
function usageOf(outcomes: readonly Outcome[]): Usage {
  const succeeded = new Set(
    outcomes.flatMap(({ response: { Error, TableName } }) =>
      Error === undefined ? TableName : [],
    ),
  )
  const sums = new UsageByName()
  for (const { usage } of outcomes) {
    if (usage === undefined || !succeeded.has(usage.name)) continue
    sums.add(usage.name, usage.table, usage.kind, usage.units)
  }
  return sums.usage
}

function batchedResources({
  Statements = [],
}: Partial<BatchExecuteStatementRequest>): readonly NamedResource[] {
  return Statements.flatMap(statementResources)
}

export const batchExecuteStatementOperation: Operation<BatchExecuteStatementRequest> = {
  name: 'BatchExecuteStatement',
  access: 'write',
  resources: batchedResources,
  permissions: batchedStatementPermissions,
  handler: batchExecuteStatement,
}
