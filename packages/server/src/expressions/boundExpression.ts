import type { AttributeType, AttributeValue } from '../values/attributeValue.ts'
import type { Comparator } from './ast.ts'
import type { DocumentPath } from './documentPath.ts'

/*
 * Expressions with their substitutions: what the evaluators run. The legacy parameters compile to
 * the same forms, so that there is one evaluator for both.
 */

export interface PathOperand {
  readonly kind: 'path'
  readonly path: DocumentPath
}

/** `type` is the type of `value`. */
export interface ConstantOperand {
  readonly kind: 'constant'
  readonly value: AttributeValue
  readonly type: AttributeType
}

export type BoundOperand =
  | PathOperand
  | ConstantOperand
  | { readonly kind: 'size'; readonly of: BoundOperand }

/** A condition. `and` of nothing is true. */
export type BoundCondition =
  | {
      readonly kind: 'comparison'
      readonly comparator: Comparator
      readonly left: BoundOperand
      readonly right: BoundOperand
    }
  | {
      readonly kind: 'between'
      readonly operand: BoundOperand
      readonly lower: BoundOperand
      readonly upper: BoundOperand
    }
  | { readonly kind: 'in'; readonly operand: BoundOperand; readonly list: readonly BoundOperand[] }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly BoundCondition[] }
  | { readonly kind: 'not'; readonly condition: BoundCondition }
  | {
      readonly kind: 'attribute_exists' | 'attribute_not_exists'
      readonly path: DocumentPath
    }
  | {
      readonly kind: 'attribute_type'
      readonly operand: BoundOperand
      /** Checked to be a constant that names a type. */
      readonly type: BoundOperand
    }
  | {
      readonly kind: 'begins_with' | 'contains'
      readonly operand: BoundOperand
      readonly part: BoundOperand
    }

/** A condition that can be evaluated on any number of items. */
export type CompiledCondition = BoundCondition

/** What SET assigns. */
export type UpdateValue =
  | PathOperand
  | ConstantOperand
  | {
      readonly kind: 'arithmetic'
      readonly operator: '+' | '-'
      readonly left: UpdateValue
      readonly right: UpdateValue
    }
  | { readonly kind: 'if_not_exists'; readonly path: DocumentPath; readonly otherwise: UpdateValue }
  | { readonly kind: 'list_append'; readonly left: UpdateValue; readonly right: UpdateValue }

export type UpdateAction =
  | { readonly clause: 'SET'; readonly path: DocumentPath; readonly value: UpdateValue }
  | { readonly clause: 'REMOVE'; readonly path: DocumentPath }
  | {
      readonly clause: 'ADD' | 'DELETE'
      readonly path: DocumentPath
      readonly value: AttributeValue
    }

/** An update that can be applied to any item. */
export interface CompiledUpdate {
  readonly actions: readonly UpdateAction[]
  /** The top-level attribute that each action touches, itself or something inside it. */
  readonly attributeNames: readonly string[]
  /** Whether it has actions, none of which could give a missing item an attribute. */
  readonly removesOnly: boolean
  /** Which API it came from: they name a stored value of the wrong type differently. */
  readonly origin: 'UpdateExpression' | 'Statement' | 'AttributeUpdates'
}
