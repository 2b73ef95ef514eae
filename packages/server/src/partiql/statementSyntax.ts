import type { PathSyntax, Syntax } from './syntax.ts'
import type { Span } from './token.ts'

/** What stands behind FROM, UPDATE and INTO. */
export interface FromSyntax {
  /** The table, the index if there is one, and what should not be there. */
  readonly components: readonly (string | number)[]
  readonly isAliased: boolean
  readonly at: Span
}

export interface SelectSyntax {
  readonly kind: 'select'
  readonly columns: readonly Syntax[] | 'all'
  /** A column has a name given to it. */
  readonly hasAliases: boolean
  readonly from: FromSyntax
  readonly where: Syntax | undefined
  readonly orderBy: readonly { readonly key: Syntax; readonly descending: boolean }[]
  /** The value of a LIMIT clause, which DynamoDB has not. */
  readonly limit: Syntax | undefined
}

/** One assignment or removal of an update, in the order of the text. */
export type UpdateClauseSyntax =
  | { readonly clause: 'SET'; readonly path: PathSyntax; readonly value: Syntax }
  | { readonly clause: 'REMOVE'; readonly path: PathSyntax }

/** What a write gives back. */
export interface Returning {
  readonly which: 'ALL' | 'MODIFIED'
  readonly when: 'OLD' | 'NEW'
}

/** A statement as PartiQL has it, whether or not DynamoDB understands all of it. */
export type StatementSyntax =
  | SelectSyntax
  | { readonly kind: 'insert'; readonly from: FromSyntax; readonly value: Syntax }
  | {
      readonly kind: 'update'
      readonly from: FromSyntax
      readonly clauses: readonly UpdateClauseSyntax[]
      readonly where: Syntax | undefined
      readonly returning: Returning | undefined
    }
  | {
      readonly kind: 'delete'
      readonly from: FromSyntax
      readonly where: Syntax | undefined
      readonly returning: Returning | undefined
    }
  | { readonly kind: 'exists'; readonly select: SelectSyntax }
  | { readonly kind: 'expression'; readonly expression: Syntax }
