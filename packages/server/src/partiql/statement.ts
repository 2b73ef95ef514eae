import type { ConditionNode, UpdateNode } from '../expressions/ast.ts'
import type { ParsedExpression } from '../expressions/parsedExpression.ts'
import type { SetFunction } from '../errors/statementErrors.ts'
import type { Column } from '../reads/projection.ts'
import type { Returning } from './statementSyntax.ts'

/*
 * A statement as DynamoDB understands it. Conditions and updates are those of expressions, with
 * placeholders for the statement's values, literals and parameters alike (statementValues.ts).
 */

export type StatementCondition = ParsedExpression<ConditionNode>

/** The table of a statement, and the index. */
export interface StatementSource {
  /** Name or ARN, as the statement has it. */
  readonly table: string
  readonly index: string | undefined
  /** How many names it is made of; more than two are a fault. */
  readonly componentCount: number
  /** Where it stands, as error texts show it. */
  readonly at: string
}

export interface OrderKey {
  readonly name: string
  readonly descending: boolean
}

export interface SelectStatement {
  readonly kind: 'select'
  readonly source: StatementSource
  readonly columns: readonly Column[] | 'all'
  readonly where: StatementCondition | undefined
  readonly orderBy: readonly OrderKey[]
}

export interface InsertStatement {
  readonly kind: 'insert'
  readonly source: StatementSource
  /** The placeholder of the item. */
  readonly item: string
}

/** A value that must be a set, because `set_add` or `set_delete` takes it. */
export interface ExpectedSet {
  readonly placeholder: string
  readonly name: SetFunction
  /** Where the first argument stands, as error texts show it. */
  readonly at: () => string
}

export interface UpdateStatement {
  readonly kind: 'update'
  readonly source: StatementSource
  readonly update: ParsedExpression<UpdateNode>
  readonly expectedSets: readonly ExpectedSet[]
  readonly where: StatementCondition | undefined
  readonly returning: Returning | undefined
}

export interface DeleteStatement {
  readonly kind: 'delete'
  readonly source: StatementSource
  readonly where: StatementCondition | undefined
  readonly returning: Returning | undefined
}

export interface ExistsStatement {
  readonly kind: 'exists'
  readonly select: SelectStatement
}

export type Statement =
  | SelectStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | ExistsStatement
