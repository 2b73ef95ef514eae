export type { EntityOf } from './actions/action.ts'
export { check, type Check, type Checked } from './actions/check.ts'
export { deleteItem, type Delete, type DeleteOptions } from './actions/deleteItem.ts'
export { get, type Get, type GetOptions, type ItemOfGet, type ReadOf } from './actions/get.ts'
export { insert, put, type Put, type PutOptions } from './actions/put.ts'
export { update, type Update, type UpdateOptions } from './actions/update.ts'
export type { BatchOptions, ItemsOfGets } from './batches/batchGet.ts'
export type { BatchAction } from './batches/batchWrite.ts'
export type { Write } from './client/singleWrite.ts'
export {
  createClient,
  TableClient,
  type Returned,
  type Returning,
  type SendOptions,
} from './client/tableClient.ts'
export type { Clock, Random } from './clock.ts'
export { ClientError } from './errors/clientError.ts'
export { ConditionFailedError, type FailedCondition } from './errors/conditionFailedError.ts'
export { InvalidCursorError } from './errors/invalidCursorError.ts'
export { InvalidKeyError } from './errors/invalidKeyError.ts'
export { InvalidValueError } from './errors/invalidValueError.ts'
export { RefusedError } from './errors/refusedError.ts'
export { StoredItemError } from './errors/storedItemError.ts'
export { TableDefinitionError } from './errors/tableDefinitionError.ts'
export {
  TransactionCanceledError,
  type Canceled,
  type Reason,
  type ReasonCode,
  type Reasons,
} from './errors/transactionCanceledError.ts'
export { UnprocessedError } from './errors/unprocessedError.ts'
export type { AllOf, Comparison, Condition, StoredType, Test } from './expressions/condition.ts'
export type { PathOf, ValueAt } from './expressions/path.ts'
export type { Changes } from './expressions/updateExpression.ts'
export type {
  CollectionOptions,
  QueryOptions,
  RangeOptions,
  ReadOptions,
  Tagged,
} from './reads/query.ts'
export { Results, type Page } from './reads/results.ts'
export type { ScanOptions } from './reads/scan.ts'
export type { Attempt, Outcome } from './retries/attempt.ts'
export type { RetryOptions } from './retries/backoff.ts'
export {
  Attribute,
  FilledAttribute,
  type Attributes,
  type Fill,
  type InputOf,
  type TimeForm,
  type ValueOf,
  type ValuesOf,
} from './schema/attribute.ts'
export {
  bigint,
  bigintSet,
  binary,
  binarySet,
  boolean,
  createdAt,
  decimal,
  decimalSet,
  list,
  map,
  nullable,
  number,
  numberSet,
  oneOf,
  record,
  string,
  stringSet,
  unknown,
  updatedAt,
} from './schema/attributeKinds.ts'
export {
  Entity,
  type AnyEntity,
  type AttributesOf,
  type ChosenOf,
  type IndexesOf,
  type ItemInputOf,
  type ItemOf,
  type KeyOf,
  type PartitionOf,
  type SortPrefixOf,
  type StoredItem,
} from './schema/entity.ts'
export type { FieldsOf, KeyText, LeadingFieldsOf } from './schema/keyFields.ts'
export { defineTable, type EntitySettings, type Table, type TableSettings } from './schema/table.ts'
export { tableDefinition } from './schema/tableDefinition.ts'
export type { Index, TableShape } from './schema/tableShape.ts'
export type { ClientOptions } from './session/session.ts'
export type {
  GetReasonsOf,
  Gets,
  ItemsOf,
  TransactGetOptions,
} from './transactions/transactGet.ts'
export type { ReasonsOf, TransactWriteOptions, WriteActions } from './transactions/transactWrite.ts'
export type { WriteAction } from './transactions/writeAction.ts'
export { Decimal } from './values/decimal.ts'
export type { NativeNumber } from './values/exactNumber.ts'
export type { NativeValue } from './values/nativeCodec.ts'
