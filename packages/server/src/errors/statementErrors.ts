import {
  ApiError,
  invalidParameterValues,
  isValidationException,
  modelledKind,
  validationException,
} from './apiError.ts'
import type { CancellationReason } from './transactionErrors.ts'
import { notNumeric } from './valueErrors.ts'

/*
 * The texts of PartiQL statements (behaviour digest 6.2). `at` is a position as texts show it:
 * `line:column:length`.
 */

/** A text that is no statement; `detail` is empty where not even its words can be told apart. */
export function notWellFormed(detail: string): ApiError {
  return validationException(`Statement wasn't well formed, can't be processed: ${detail}`)
}

export function aliasingNotSupported(): ApiError {
  return validationException('Aliasing is not supported')
}

/** What is projected is no path. */
export function unexpectedPathComponent(at: string): ApiError {
  return validationException(`Unexpected path component at ${at}`)
}

/** `name` is in lower case. */
export function unrecognizedFunction(name: string, at: string): ApiError {
  return validationException(`Unrecognized function: ${name} at ${at}`)
}

export function unsupportedClause(clause: string, at: string): ApiError {
  return validationException(`Unsupported clause: ${clause} at ${at}`)
}

/** `node` is what the expression is called in PartiQL's syntax tree. */
export function unsupportedOperation(node: string): ApiError {
  return validationException(`Unsupported operation: ${node}`)
}

/** What stands where a value must, in a value that begins at `root`. */
export function unsupportedDataType(what: string, path: string, at: string): ApiError {
  return validationException(`Unsupported data type: ${what} under key ${path} at ${at}`)
}

export function emptyBag(): ApiError {
  return validationException('Empty bags are not supported')
}

export function duplicateBagMembers(members: readonly string[]): ApiError {
  return invalidParameterValues(`Input collection [${members.join(', ')}] contains duplicates.`)
}

/**
 * A number of a statement's own text that has `reason` against it. One whose exponent cannot be
 * read is no part of a statement.
 */
export function literalNumberFault(text: string, reason: unknown, path: string): unknown {
  if (!isValidationException(reason)) return reason
  if (reason.message === notNumeric(text).message) return notWellFormed('')
  return validationException(`${reason.message} under ${path}`)
}

export function tooManyFromComponents(): ApiError {
  return validationException('A path may contain at most 2 components in the FROM clause')
}

export function emptyPathComponent(): ApiError {
  return validationException('Path component cannot be an empty string')
}

/** INSERT into an index. */
export function severalNamesOfTable(at: string): ApiError {
  return validationException(
    `FROM clause may only contain a single table name in data manipulation statements at ${at}`,
  )
}

/** UPDATE or DELETE of an index. */
export function indexNotWritable(): ApiError {
  return validationException('This operation is not supported on an index')
}

export function wrongParameterCount(): ApiError {
  return validationException("Number of parameters in request and statement don't match.")
}

export function mandatoryKeyEquality(): ApiError {
  return validationException(
    'Where clause does not contain a mandatory equality on all key attributes',
  )
}

/** Unlike that of Query, the text does not name the index. */
export function statementIndexNotFound(): ApiError {
  return validationException('The table does not have the specified index')
}

export function strongReadOnGlobalIndex(): ApiError {
  return validationException(
    'Strongly consistent read is not supported on Global Secondary Indexes',
  )
}

/** A read of an index with several partition or sort key attributes. */
export function multiAttributeKeys(): ApiError {
  return validationException(
    'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or ' +
      'multi-attribute RANGE keys.',
  )
}

export function filterNotProjected(indexName: string, names: readonly string[]): ApiError {
  return invalidParameterValues(
    `Secondary index ${indexName} does not project one or more filter attributes: ` +
      `[${names.join(', ')}]`,
  )
}

/** OR between a condition on the sort key and one on another attribute. */
export function overlappingConditions(): ApiError {
  return validationException(
    'Overlapping conditions with range keys are not supported in where clause',
  )
}

export function orderWithoutWhere(): ApiError {
  return validationException('Must have WHERE clause in the statement when using ORDER BY clause.')
}

export function orderWithoutPartition(): ApiError {
  return validationException(
    'Must have at least one non-optional hash key condition in WHERE clause when using ' +
      'ORDER BY clause.',
  )
}

export function orderOfSeveralPartitions(): ApiError {
  return validationException(
    'Must have hash key in ORDER BY clause when more than one hash key condition specified ' +
      'in WHERE clause.',
  )
}

export function orderByOtherAttribute(name: string): ApiError {
  return validationException(`Attribute ${name} in ORDER BY clause must be part of the primary key`)
}

/** A token that was given out for another statement, or with other parameters. */
export function nextTokenOfOtherRequest(): ApiError {
  return validationException('NextToken does not match request')
}

export function unreadableNextToken(): ApiError {
  return validationException('Invalid NextToken')
}

/** `clause` is as `RETURNING MODIFIED OLD *`. */
export function invalidReturningClause(clause: string): ApiError {
  return validationException(
    `Invalid returning clause: ${clause}. ` +
      'Only RETURNING ALL OLD * is allowed in DELETE statements.',
  )
}

export type SetFunction = 'SET_ADD' | 'SET_DELETE'

export function setFunctionOfOtherPath(name: SetFunction, at: string): ApiError {
  return validationException(
    `The first argument to ${name} must equal the assignment value at ${at}`,
  )
}

/** `at` is where the first argument stands. */
export function setFunctionWithoutSet(name: SetFunction, at: string): ApiError {
  return validationException(
    `The second argument to ${name} must be a value with type SET at ${at}`,
  )
}

export function setFunctionArguments(name: SetFunction, at: string): ApiError {
  return validationException(`${name} must have exactly two arguments at ${at}`)
}

const duplicateItemKind = modelledKind('DuplicateItemException')
const duplicateItemText = 'Duplicate primary key exists in table'

/** INSERT of an item whose key is taken. */
export function duplicateItem(): ApiError {
  return new ApiError(duplicateItemKind, duplicateItemText)
}

/** The same as a reason for the cancellation of a transaction. */
export const duplicateItemReason: CancellationReason = {
  Code: 'DuplicateItem',
  Message: duplicateItemText,
}

export function mixedBatch(): ApiError {
  return validationException('Read and write requests together in the same batch is not supported.')
}

export function batchedSelectWithoutKey(): ApiError {
  return validationException(
    'Select statements within BatchExecuteStatement must specify the primary key in the ' +
      'where clause.',
  )
}

export function mixedTransaction(): ApiError {
  return validationException(
    'ExecuteTransaction API does not support both read and write operations in the same request.',
  )
}

export function transactedSelectWithoutKey(): ApiError {
  return validationException(
    'Select statements within ExecuteTransaction must specify the primary key in the where clause.',
  )
}

export function transactedIndexRead(): ApiError {
  return validationException('Reads on indices are not supported within transactions.')
}

export function transactedReturning(): ApiError {
  return validationException('RETURNING clause is not supported in ExecuteTransaction.')
}

export function existsWithoutCondition(): ApiError {
  return validationException('EXISTS() must contain a single item read with additional condition')
}

/** A fault of the statement at `position`, from 0, of a transaction. */
export function inTransactStatement(position: number, fault: unknown): unknown {
  if (!isValidationException(fault)) return fault
  const where = `Validation failed in TransactStatements[${position}]`
  return validationException(`${where}: ${fault.message}`)
}

/** What became of a member of a batch (model: BatchStatementError). */
export interface BatchStatementError {
  readonly Code: string
  readonly Message: string
}

const codesOfErrors: ReadonlyMap<string, string> = new Map([
  ['ValidationException', 'ValidationError'],
  ['ConditionalCheckFailedException', 'ConditionalCheckFailed'],
  ['ItemCollectionSizeLimitExceededException', 'ItemCollectionSizeLimitExceeded'],
  ['TransactionConflictException', 'TransactionConflict'],
  ['ResourceNotFoundException', 'ResourceNotFound'],
  ['DuplicateItemException', 'DuplicateItem'],
  ['ProvisionedThroughputExceededException', 'ProvisionedThroughputExceeded'],
  ['ThrottlingException', 'ThrottlingError'],
])

/** `error` as a member's; undefined for what is no answer to one statement. */
export function batchStatementError(error: unknown): BatchStatementError | undefined {
  if (!(error instanceof ApiError)) return undefined
  const Code = codesOfErrors.get(error.kind.name)
  return Code === undefined ? undefined : { Code, Message: error.message }
}
