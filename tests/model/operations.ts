import { batchGetItem, batchWriteItem, type BatchGetItem, type BatchWriteItem } from './batches.ts'
import type { Database } from './database.ts'
import type { Faulty } from './faults.ts'
import type { IndexChange } from './indexChanges.ts'
import type { Query, Scan } from './queries.ts'
import { getItem, type GetItem } from './reads.ts'
import { searchVectors, type SearchVectors } from './searches.ts'
import type { Select } from './selects.ts'
import { executeTransaction } from './statementTransactions.ts'
import { batchExecuteStatement } from './statementBatches.ts'
import type { BatchExecuteStatement, ExecuteStatement, ExecuteTransaction } from './statements.ts'
import { executeStatement } from './statementWrites.ts'
import {
  transactGetItems,
  transactWriteItems,
  type TransactGetItems,
  type TransactWriteItems,
} from './transactions.ts'
import {
  describeTimeToLive,
  updateTimeToLive,
  type DescribeTimeToLive,
  type UpdateTimeToLive,
} from './timeToLive.ts'
import { singleWrite, type SingleWrite } from './writes.ts'
import { unreachable } from './unreachable.ts'

/** An operation that has one answer. */
export type PlainOperation =
  | SingleWrite
  | GetItem
  | TransactWriteItems
  | TransactGetItems
  | BatchGetItem
  | BatchWriteItem
  | UpdateTimeToLive
  | DescribeTimeToLive

/** The same by statements. */
export type StatementOperation = ExecuteStatement | BatchExecuteStatement | ExecuteTransaction

/**
 * The server is opened again on its store, which changes nothing; nor does it show when the store is
 * as an earlier version would have left it.
 */
export interface Reopen {
  readonly kind: 'Reopen'
  readonly store: 'asItIs' | 'older'
}

/** A step of a script; queries, scans and SELECTs are read page by page. */
export type Operation =
  | PlainOperation
  | StatementOperation
  | SearchVectors
  | Faulty
  | Query
  | Scan
  | Select
  | IndexChange
  | Reopen

/** Carries out an operation on the model and gives its answer, or throws a Refusal. */
export function performed(
  database: Database,
  operation: PlainOperation | StatementOperation | SearchVectors,
): object {
  switch (operation.kind) {
    case 'SingleWrite':
      return singleWrite(database, operation)
    case 'GetItem':
      return getItem(database, operation)
    case 'TransactWriteItems':
      return transactWriteItems(database, operation)
    case 'TransactGetItems':
      return transactGetItems(database, operation)
    case 'BatchGetItem':
      return batchGetItem(database, operation)
    case 'BatchWriteItem':
      return batchWriteItem(database, operation)
    case 'UpdateTimeToLive':
      return updateTimeToLive(database, operation)
    case 'DescribeTimeToLive':
      return describeTimeToLive(database, operation)
    case 'SearchVectors':
      return searchVectors(database, operation)
    case 'ExecuteStatement':
      return executeStatement(database, operation)
    case 'BatchExecuteStatement':
      return batchExecuteStatement(database, operation)
    case 'ExecuteTransaction':
      return executeTransaction(database, operation)
    default:
      return unreachable(operation)
  }
}
