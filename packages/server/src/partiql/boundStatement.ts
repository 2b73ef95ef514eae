import type { BoundCondition, CompiledUpdate } from '../expressions/boundExpression.ts'
import type { Column } from '../reads/projection.ts'
import type { AttributeMap } from '../values/attributeValue.ts'
import type { OrderKey, StatementSource } from './statement.ts'
import type { Returning } from './statementSyntax.ts'

/*
 * Statements with their values: what the operations turn into reads and writes.
 */

export interface BoundSelect {
  readonly kind: 'select'
  readonly source: StatementSource
  readonly columns: readonly Column[] | 'all'
  readonly where: BoundCondition | undefined
  readonly orderBy: readonly OrderKey[]
}

export interface BoundInsert {
  readonly kind: 'insert'
  readonly source: StatementSource
  readonly item: AttributeMap
}

export interface BoundUpdate {
  readonly kind: 'update'
  readonly source: StatementSource
  readonly update: CompiledUpdate
  readonly where: BoundCondition | undefined
  readonly returning: Returning | undefined
}

export interface BoundDelete {
  readonly kind: 'delete'
  readonly source: StatementSource
  readonly where: BoundCondition | undefined
  readonly returning: Returning | undefined
}

export interface BoundExists {
  readonly kind: 'exists'
  readonly select: BoundSelect
}

export type BoundWrite = BoundInsert | BoundUpdate | BoundDelete
export type BoundStatement = BoundSelect | BoundWrite | BoundExists
