import type { BoundStatement } from '../../partiql/boundStatement.ts'
import { bindStatement, checkStatementValues } from '../../partiql/bindStatement.ts'
import { readStatement } from '../../partiql/readStatement.ts'
import type { StatementSource } from '../../partiql/statement.ts'
import { isValidationException } from '../../errors/apiError.ts'
import { inTransactStatement } from '../../errors/statementErrors.ts'
import type { AttributeValue } from '../../values/attributeValue.ts'
import { transactedValueRules } from '../../values/valueRules.ts'
import type { NamedResource } from '../namedResources.ts'

/** One statement of a request. */
export interface StatementParameters {
  readonly Statement: string
  readonly Parameters?: readonly AttributeValue[]
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}

export const noParameters: readonly AttributeValue[] = []

/** The statement of a request with its values. Throws for all that its text and they can tell. */
export function boundStatementOf({ Statement, Parameters }: StatementParameters): BoundStatement {
  const parsed = readStatement(Statement)
  checkStatementValues(parsed, Parameters ?? noParameters)
  return bindStatement(parsed, Parameters ?? noParameters)
}

/** The same for the statement at `position` of a transaction, whose texts say so. */
export function transactedStatementOf(
  { Statement, Parameters }: StatementParameters,
  position: number,
): BoundStatement {
  const parsed = orInStatement(position, () => readStatement(Statement))
  checkStatementValues(parsed, Parameters ?? noParameters, transactedValueRules)
  return orInStatement(position, () => bindStatement(parsed, Parameters ?? noParameters))
}

/** What `work` gives; a fault of it is told as one of the statement at `position`. */
export function orInStatement<Made>(position: number, work: () => Made): Made {
  try {
    return work()
  } catch (error) {
    throw inTransactStatement(position, error)
  }
}

/** Whether a statement only reads; EXISTS goes with writes. */
export function isRead({ kind }: Pick<BoundStatement, 'kind'>): boolean {
  return kind === 'select'
}

/** What a statement is about. */
export function sourceOf(statement: BoundStatement): StatementSource {
  return statement.kind === 'exists' ? statement.select.source : statement.source
}

/** The table or index that a statement names; nothing for a text that is none. */
export function statementResources({
  Statement,
}: {
  readonly Statement?: string
}): readonly NamedResource[] {
  if (Statement === undefined) return []
  try {
    const { statement } = readStatement(Statement)
    const { table, index } =
      statement.kind === 'exists' ? statement.select.source : statement.source
    return [index === undefined ? { kind: 'table', table } : { kind: 'index', table, index }]
  } catch (error) {
    if (!isValidationException(error)) throw error
    return []
  }
}
