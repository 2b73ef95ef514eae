import type { UpdateClause } from '../errors/expressionErrors.ts'

/*
 * What the parser makes of an expression's text alone. Names and values are still placeholders
 * here, so that one tree serves every request with the same text; boundExpression.ts is what they
 * become.
 */

/**
 * A document path. An element is a list index or a name; a name that begins with `#` is a
 * placeholder (no bare name can).
 */
export interface PathNode {
  readonly kind: 'path'
  readonly elements: readonly (string | number)[]
  readonly hasPlaceholders: boolean
}

/** `:v`, with the colon. */
export interface ValueNode {
  readonly kind: 'value'
  readonly placeholder: string
}

/** A call of a function, known or not, with any number of operands. */
export interface FunctionNode {
  readonly kind: 'function'
  readonly name: string
  readonly operands: readonly OperandNode[]
}

export type OperandNode = PathNode | ValueNode | FunctionNode

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type ConditionNode =
  | {
      readonly kind: 'comparison'
      readonly comparator: Comparator
      readonly left: OperandNode
      readonly right: OperandNode
    }
  | {
      readonly kind: 'between'
      readonly operand: OperandNode
      readonly lower: OperandNode
      readonly upper: OperandNode
    }
  | { readonly kind: 'in'; readonly operand: OperandNode; readonly list: readonly OperandNode[] }
  | {
      readonly kind: 'and' | 'or'
      readonly left: ConditionNode
      readonly right: ConditionNode
    }
  | { readonly kind: 'not'; readonly condition: ConditionNode }
  | FunctionNode

/** `left + right` or `left - right`. */
export interface ArithmeticNode {
  readonly kind: 'arithmetic'
  readonly operator: '+' | '-'
  readonly left: OperandNode
  readonly right: OperandNode
}

export type SetValueNode = OperandNode | ArithmeticNode

/** One assignment, removal, addition or deletion of an update, in the order of the text. */
export type UpdateActionNode =
  | { readonly clause: 'SET'; readonly path: PathNode; readonly value: SetValueNode }
  | { readonly clause: 'REMOVE'; readonly path: PathNode }
  | { readonly clause: 'ADD' | 'DELETE'; readonly path: PathNode; readonly value: ValueNode }

export interface UpdateNode {
  readonly actions: readonly UpdateActionNode[]
  /** The first clause that the text uses a second time. */
  readonly repeatedClause: UpdateClause | undefined
}
