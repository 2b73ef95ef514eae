import { selectOf, type PermissionContext } from '../../access/permissions/accessContext.ts'
import type {
  AskedPermission,
  ReadFromRequest,
  StatementAccess,
} from '../../access/permissions/askedPermissions.ts'
import type { StatementVerb } from '../../access/permissions/operationPermissions.ts'
import { isValidationException } from '../../errors/apiError.ts'
import { pathsOfCondition } from '../../expressions/conditionPaths.ts'
import { topLevelName, type DocumentPath } from '../../expressions/documentPath.ts'
import { pathsOfUpdate } from '../../expressions/updatePaths.ts'
import { unreachable } from '../../invariant.ts'
import type { BoundSelect, BoundStatement } from '../../partiql/boundStatement.ts'
import { keyEqualities } from '../../partiql/keyEqualities.ts'
import { keyLookups } from '../../partiql/keyLookups.ts'
import { readStatement } from '../../partiql/readStatement.ts'
import { refusedSelect } from '../../partiql/refusedSelect.ts'
import type { Statement } from '../../partiql/statement.ts'
import type { Returning } from '../../partiql/statementSyntax.ts'
import { keySchemaOf, type ReadTarget } from '../../reads/readTarget.ts'
import { findIndex, keyNamesOf } from '../../schema/table.ts'
import { returnedBy } from '../access/itemPermissions.ts'
import { keyTexts, partitionKeysOf } from '../access/keyTexts.ts'
import type { PermissionReader } from '../access/permissionReader.ts'
import type { Services } from '../services.ts'
import {
  boundStatementOf,
  sourceOf,
  transactedStatementOf,
  type StatementParameters,
} from './statementParameters.ts'

/** What ExecuteStatement is asked about. */
export const statementPermissions: PermissionReader<StatementParameters> = {
  read: (request) => ({ statements: [accessOf(request)] }),
  context: (services, request) => contextOf(services, boundStatementOf(request), request),
}

/**
 * What BatchExecuteStatement is asked about. A member that is no statement has an error in its
 * place, and does nothing.
 */
export const batchedStatementPermissions: PermissionReader<{
  readonly Statements: readonly StatementParameters[]
}> = {
  read: ({ Statements }) => accessOfEach(Statements),
  context(services, { Statements }, asked) {
    const request = entryOf(Statements, asked)
    try {
      return contextOf(services, boundStatementOf(request), request)
    } catch (error) {
      if (!isValidationException(error)) throw error
      return {}
    }
  },
}

/** What ExecuteTransaction is asked about. */
export const transactedStatementPermissions: PermissionReader<{
  readonly TransactStatements: readonly StatementParameters[]
}> = {
  read: ({ TransactStatements }) => accessOfEach(TransactStatements),
  context(services, { TransactStatements }, asked) {
    const request = entryOf(TransactStatements, asked)
    const statement = transactedStatementOf(request, asked.entry ?? 0)
    const enclosingOperation = 'ExecuteTransaction'
    return { ...contextOf(services, statement, request), enclosingOperation }
  },
}

const entryOf = (
  statements: readonly StatementParameters[],
  { entry = 0 }: AskedPermission,
): StatementParameters => statements[entry] as StatementParameters

const accessOfEach = (statements: readonly StatementParameters[]): ReadFromRequest => ({
  statements: statements.map(accessOf),
})

const verbs: Readonly<Record<Statement['kind'], StatementVerb>> = {
  select: 'Select',
  insert: 'Insert',
  update: 'Update',
  delete: 'Delete',
  exists: 'Exists',
}

/** What a statement needs; undefined for a text that is none. */
function accessOf({ Statement: text }: StatementParameters): StatementAccess | undefined {
  const named = statementOf(text)
  if (named === undefined) return undefined
  const { kind, source } = named
  const { table, index } = source
  return { verb: verbs[kind], table, ...(index !== undefined && { index }) }
}

/** A SELECT that is refused may still be told what its index is, so it is asked about, too. */
function statementOf(
  text: string,
): (Pick<BoundSelect, 'source'> & Pick<Statement, 'kind'>) | undefined {
  try {
    const { statement } = readStatement(text)
    const { source } = statement.kind === 'exists' ? statement.select : statement
    return { kind: statement.kind, source }
  } catch (error) {
    if (!isValidationException(error)) throw error
    const select = refusedSelect(text)
    return select && { kind: 'select', source: select.source }
  }
}

function contextOf(
  services: Services,
  statement: BoundStatement,
  request: StatementParameters,
): PermissionContext {
  const attributes = [...new Set(namesIn(statement))]
  const target = targetOf(services, statement)
  return { attributes, ...keysOf(statement, target), ...answerOf(statement, request) }
}

/** Undefined for what is not there. */
function targetOf({ catalog }: Services, statement: BoundStatement): ReadTarget | undefined {
  const source = sourceOf(statement)
  const table = catalog.find(source.table)
  if (table === undefined) return undefined
  if (source.index === undefined) return { table, index: undefined }
  const index = findIndex(table, source.index)
  return index && { table, index }
}

function keysOf(statement: BoundStatement, target: ReadTarget | undefined): PermissionContext {
  if (target === undefined) return {}
  if (statement.kind === 'select') return keysOfSelect(statement, target)
  const { table } = target
  if (statement.kind === 'insert') {
    return { partitionKeyValues: partitionKeysOf(table, [statement.item]) ?? [] }
  }
  const where = statement.kind === 'exists' ? statement.select.where : statement.where
  const key = keyEqualities(where, keyNamesOf(table))?.key
  const partitionKeyValues = partitionKeysOf(table, [key]) ?? []
  if (statement.kind !== 'exists') return { partitionKeyValues }
  return { partitionKeyValues, fullTableScan: key === undefined }
}

/** A SELECT reads the partitions that it names, or everything. */
function keysOfSelect({ where }: BoundSelect, target: ReadTarget): PermissionContext {
  const { partitionKeys, sortKeys } = keySchemaOf(target)
  const keys = { partitionKey: partitionKeys[0]?.name as string, sortKey: sortKeys[0]?.name }
  const read = keyLookups(where, keys)
  if (read === undefined) return { fullTableScan: true }
  const values = read.lookups.map(({ partitionKey }) => partitionKey)
  return { partitionKeyValues: [keyTexts(values)], fullTableScan: false }
}

function answerOf(statement: BoundStatement, request: StatementParameters): PermissionContext {
  if (statement.kind === 'select' || statement.kind === 'exists') {
    const select = statement.kind === 'exists' ? statement.select : statement
    const hasProjection = select.columns !== 'all'
    const isOfIndex = select.source.index !== undefined
    return { select: selectOf({ hasProjection, isOfIndex }) }
  }
  const returning = statement.kind === 'insert' ? undefined : statement.returning
  return {
    returnValues: returnedBy({
      ...(returning !== undefined && { ReturnValues: returnValuesOf(returning) }),
      ...(request.ReturnValuesOnConditionCheckFailure !== undefined && {
        ReturnValuesOnConditionCheckFailure: request.ReturnValuesOnConditionCheckFailure,
      }),
    }),
  }
}

/** `RETURNING MODIFIED NEW *` is what UpdateItem calls UPDATED_NEW. */
const returnValuesOf = ({ which, when }: Returning): string =>
  `${which === 'ALL' ? 'ALL' : 'UPDATED'}_${when}`

function namesIn(statement: BoundStatement): readonly string[] {
  switch (statement.kind) {
    case 'insert':
      return Object.keys(statement.item)
    case 'exists':
      return namesIn(statement.select)
    case 'select': {
      const { columns, orderBy } = statement
      const shown = columns === 'all' ? [] : columns.map(({ path }) => path)
      return [...names([...shown, ...pathsIn(statement)]), ...orderBy.map(({ name }) => name)]
    }
    case 'update':
      return names([...pathsOfUpdate(statement.update), ...pathsIn(statement)])
    case 'delete':
      return names(pathsIn(statement))
    default:
      return unreachable(statement)
  }
}

const names = (paths: readonly DocumentPath[]): string[] => paths.map(topLevelName)

const pathsIn = ({ where }: Pick<BoundSelect, 'where'>): DocumentPath[] =>
  where === undefined ? [] : pathsOfCondition(where)
