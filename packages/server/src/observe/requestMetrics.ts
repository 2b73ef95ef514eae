import { noUsage, type TableUsage } from '../capacity/usage.ts'
import { ApiError } from '../errors/apiError.ts'
import type { Refusal } from '../errors/throttlingErrors.ts'
import { namesOf } from '../operations/namedResources.ts'
import type { AnsweredRequest, RequestObserver } from '../operations/answeredRequest.ts'
import type { TablesInForce } from './databaseMetrics.ts'
import { countFailure, countThrottleEvents, type FailureOf } from './failureMetrics.ts'
import {
  consumedRead,
  consumedWrite,
  conditionalCheckFailedRequests,
  returnedBytes,
  returnedItemCount,
  returnedRecordsCount,
  successfulRequestLatency,
  throttledRequests,
  timeToLiveDeletedItemCount,
  transactionConflict,
  vectorSearchRequestBytes,
  vectorWriteRequestBytes,
  type MetricDefinition,
} from './metricDefinitions.ts'
import type { Dimension } from './series.ts'
import type { SeriesStore } from './seriesStore.ts'
import { TableSeries } from './tableSeries.ts'

/** The operations that have metrics of their own (guide: dimension Operation). */
const meteredOperations: ReadonlySet<string> = new Set([
  'PutItem',
  'DeleteItem',
  'UpdateItem',
  'GetItem',
  'BatchGetItem',
  'Scan',
  'Query',
  'SearchVectors',
  'BatchWriteItem',
  'TransactWriteItems',
  'TransactGetItems',
  'ExecuteTransaction',
  'BatchExecuteStatement',
  'ExecuteStatement',
  'GetRecords',
])

/** The tables that there are. */
type KnownTables = Pick<TablesInForce, 'find'>

/** The response members that are counted (model). */
interface CountedResponse {
  readonly Count?: number
  readonly Items?: readonly unknown[]
  readonly Responses?: readonly {
    readonly TableName?: string
    readonly Error?: { readonly Code?: string }
  }[]
}

const responseOf = ({ answer }: AnsweredRequest): CountedResponse => answer?.response ?? {}

/** A value of an operation; `more` are dimensions beside table and operation. */
interface OperationValue {
  readonly metric: MetricDefinition
  readonly value: number | undefined
  readonly more?: readonly Dimension[]
}

/**
 * Turns what happens into values of metrics: answers, and the items that time to live removes. Only
 * names of tables that there are become dimensions, so no client can make up metrics.
 */
export class RequestMetrics implements RequestObserver {
  readonly #store: SeriesStore
  readonly #tables = new Map<string, TableSeries>()
  #known: KnownTables = { find: () => undefined }
  #removals = 0

  constructor(store: SeriesStore) {
    this.#store = store
  }

  /** The tables that names are looked for among from now on. */
  follow(known: KnownTables): void {
    this.#known = known
  }

  answered(request: AnsweredRequest): void {
    const minute = this.#store.minute()
    this.#forgetRemoved()
    if (request.answer === undefined) countFailure(this.#failureOf(request, minute))
    else this.#countSuccess(request, minute)
  }

  /** Time to live has removed an item of a table. */
  expired(tableName: string): void {
    const minute = this.#store.minute()
    this.#forgetRemoved()
    this.#table(tableName).of(timeToLiveDeletedItemCount)?.add(minute, 1)
  }

  #countSuccess(request: AnsweredRequest, minute: number): void {
    const usage = request.answer?.usage ?? noUsage
    const { name } = request.operation
    const refusals = request.answer?.refusals
    if (refusals !== undefined) this.#countRefusals(request, refusals, minute)
    usage.forEach((ofTable, i) => {
      const tableName = ofTable.table.name
      const table = this.#table(tableName)
      countUnits(table, ofTable, minute)
      // A table that the request names in several ways is one.
      if (i > 0 && usage.findIndex((each) => each.table.name === tableName) < i) return
      table.operation(name).latency?.add(minute, request.durationMs)
    })
    switch (name) {
      case 'Query':
      case 'Scan':
        this.#addByOperation(request, minute, {
          metric: returnedItemCount,
          value: responseOf(request).Count,
        })
        break
      case 'ExecuteStatement':
        this.#countStatement(request, minute)
        break
      case 'ExecuteTransaction':
        this.#countKind(request, minute)
        break
      case 'BatchExecuteStatement':
        this.#countKind(request, minute)
        this.#countMembers(responseOf(request), minute)
        break
      case 'GetRecords':
        this.#countRecords(request, minute)
        break
      default:
    }
  }

  /**
   * Items that were throttled beside others. A batch of items counts as throttled when all of them
   * are (guide), and so is none of these.
   */
  #countRefusals(
    { operation: { name } }: AnsweredRequest,
    refusals: readonly Refusal[],
    minute: number,
  ): void {
    countThrottleEvents({ minute, table: (arn) => this.#tablesOf([arn])[0] }, refusals)
    if (name !== 'BatchExecuteStatement') return
    const arns = refusals.flatMap(({ reasons }) => reasons.map(({ resource }) => resource))
    const tables = new Set(arns.map((arn) => this.#tablesOf([arn.split('/index/')[0] ?? ''])[0]))
    for (const table of tables) {
      if (table === undefined) continue
      this.#store.series(throttledRequests, table.operation(name).dimensions)?.add(minute, 1)
    }
  }

  /** A value of an operation for each table that the answer has used. */
  #addByOperation(
    { operation, answer }: AnsweredRequest,
    minute: number,
    { metric, value, more = [] }: OperationValue,
  ): void {
    if (value === undefined || answer === undefined) return
    const names = new Set(answer.usage.map(({ table }) => table.name))
    for (const tableName of names) {
      const { dimensions } = this.#table(tableName).operation(operation.name)
      this.#store.series(metric, [...dimensions, ...more])?.add(minute, value)
    }
  }

  #countStatement(request: AnsweredRequest, minute: number): void {
    const verb = verbOf(request.request?.['Statement'])
    const more = [{ Name: 'Verb', Value: verb }]
    const { durationMs: value } = request
    this.#addByOperation(request, minute, { metric: successfulRequestLatency, value, more })
    if (verb !== 'PartiQLSelect') return
    const found = responseOf(request).Items?.length
    this.#addByOperation(request, minute, { metric: returnedItemCount, value: found })
  }

  #countKind(request: AnsweredRequest, minute: number): void {
    const { TransactStatements, Statements } = request.request as {
      readonly TransactStatements?: readonly { readonly Statement?: string }[]
      readonly Statements?: readonly { readonly Statement?: string }[]
    }
    const [first] = TransactStatements ?? Statements ?? []
    const isRead = verbOf(first?.Statement) === 'PartiQLSelect'
    const more = [{ Name: 'OperationType', Value: isRead ? 'Read' : 'Write' }]
    const { durationMs: value } = request
    this.#addByOperation(request, minute, { metric: successfulRequestLatency, value, more })
  }

  /** The members of a batch that failed by themselves. */
  #countMembers({ Responses = [] }: CountedResponse, minute: number): void {
    for (const { TableName, Error: fault } of Responses) {
      const name = TableName === undefined ? undefined : this.#known.find(TableName)?.name
      if (name === undefined || fault === undefined) continue
      const table = this.#table(name)
      if (fault.Code === 'ConditionalCheckFailed') {
        table.of(conditionalCheckFailedRequests)?.add(minute, 1)
      } else if (fault.Code === 'TransactionConflict') {
        table.of(transactionConflict)?.add(minute, 1)
      }
    }
  }

  #countRecords(request: AnsweredRequest, minute: number): void {
    const [resource] = request.operation.resources(request.request as never)
    const arn = resource?.kind === 'stream' ? resource.stream : ''
    const [, tableName, label] = /:table\/([^/]+)\/stream\/([^/]+)$/.exec(arn) ?? []
    if (tableName === undefined || label === undefined) return
    const dimensions = [
      { Name: 'TableName', Value: tableName },
      { Name: 'StreamLabel', Value: label },
      { Name: 'Operation', Value: 'GetRecords' },
    ]
    const add = (metric: MetricDefinition, value: number): void =>
      this.#store.series(metric, dimensions)?.add(minute, value)
    add(successfulRequestLatency, request.durationMs)
    add(returnedRecordsCount, request.answer?.recordCount ?? 0)
    add(returnedBytes, request.bodyBytes)
  }

  #failureOf({ operation, request, error }: AnsweredRequest, minute: number): FailureOf {
    return {
      error: error instanceof ApiError ? error : undefined,
      isMetered: meteredOperations.has(operation.name),
      operation: operation.name,
      minute,
      store: this.#store,
      tables: () => {
        const resources = request === undefined ? [] : operation.resources(request as never)
        return this.#tablesOf(namesOf(resources))
      },
      positions: () =>
        operation.resources((request ?? {}) as never).map((resource) => {
          const [name] = namesOf([resource])
          return name === undefined ? undefined : this.#tablesOf([name])[0]
        }),
      table: (name) => this.#tablesOf([name])[0],
    }
  }

  #tablesOf(names: readonly string[]): TableSeries[] {
    return names.flatMap((name) => {
      const found = this.#known.find(name)
      return found === undefined ? [] : [this.#table(found.name)]
    })
  }

  #table(name: string): TableSeries {
    let table = this.#tables.get(name)
    if (table === undefined) this.#tables.set(name, (table = new TableSeries(this.#store, name)))
    return table
  }

  /** What is remembered may be of series that have gone. */
  #forgetRemoved(): void {
    if (this.#removals === this.#store.removals) return
    this.#removals = this.#store.removals
    this.#tables.clear()
  }
}

/**
 * A table without its global indexes, and each of those by itself (guide). Vector indexes have
 * bytes in place of units; a search of one reads nothing of its table.
 */
function countUnits(table: TableSeries, { kind, units }: TableUsage, minute: number): void {
  const metric = kind === 'read' ? consumedRead : consumedWrite
  let ofTable = units.total
  for (const { index, units: ofIndex } of units.indexes) {
    if (index.kind === 'vector') {
      const bytes = kind === 'read' ? vectorSearchRequestBytes : vectorWriteRequestBytes
      table.ofVectorIndex(index.name, bytes)?.add(minute, ofIndex)
      if (kind === 'read') return
      continue
    }
    if (index.kind !== 'global') continue
    ofTable -= ofIndex
    table.ofIndex(index.name, metric)?.add(minute, ofIndex)
  }
  table.of(metric)?.add(minute, ofTable)
}

const verbs: Readonly<Record<string, string>> = {
  insert: 'PartiQLInsert',
  update: 'PartiQLUpdate',
  delete: 'PartiQLDelete',
}

/** By the first word of a statement; EXISTS reads as SELECT does. */
function verbOf(statement: unknown): string {
  const word = typeof statement === 'string' ? /^[\s(]*([a-z]+)/i.exec(statement)?.[1] : undefined
  return verbs[word?.toLowerCase() ?? ''] ?? 'PartiQLSelect'
}
