import type { Item, Value } from './attributes.ts'
import type { CapacityMode } from './capacity.ts'
import type { Condition } from './conditions.ts'
import type { Path } from './documentPaths.ts'
import type { KeyCondition } from './queries.ts'
import type { Update } from './updates.ts'
import type { ReturnValues } from './writes.ts'

/*
 * Statements as the model knows them; `statementText.ts` prints them as PartiQL, and nothing here
 * ever reads a text. Facts: behaviour digest 6.2.
 */

/** A statement about one item, which it names by its key. */
export type ItemStatement = {
  readonly table: string
  /** Which of the ways to write it is taken; 0 is the plainest. */
  readonly style: number
  /** ReturnValuesOnConditionCheckFailure is ALL_OLD. */
  readonly showOld: boolean
} & (
  | SelectOfItem
  | { readonly kind: 'Insert'; readonly item: Item }
  | {
      readonly kind: 'Update'
      readonly key: Item
      readonly update: Update
      readonly condition?: Condition
      readonly returning?: ReturnValues
    }
  | {
      readonly kind: 'Delete'
      readonly key: Item
      readonly condition?: Condition
      readonly returning?: ReturnValues
    }
  /** Only a transaction can have it. */
  | { readonly kind: 'Exists'; readonly key: Item; readonly condition?: Condition }
)

/** A SELECT in a batch or a transaction, where it can have no condition but its key. */
interface SelectOfItem {
  readonly kind: 'Select'
  readonly key: Item
  readonly columns?: readonly Path[]
  readonly condition?: Condition
  readonly consistent: boolean
}

export type WriteStatement = Extract<ItemStatement, { kind: 'Insert' | 'Update' | 'Delete' }>

/** The items that a SELECT walks through, which its filter has no part in. */
export type Access =
  | { readonly kind: 'everything' }
  /** Those of some partition keys, with sort keys that meet all conditions and are among some. */
  | {
      readonly kind: 'partitions'
      readonly name: string
      readonly values: readonly Value[]
      /** How it says so. */
      readonly form: '=' | 'IN' | 'OR'
      readonly conditions: readonly KeyCondition[]
      readonly points?: { readonly name: string; readonly values: readonly Value[] }
    }
  /** Those of some partition keys, no two of which are equal, each with conditions of its own. */
  | { readonly kind: 'alternatives'; readonly lookups: readonly Lookup[] }

export interface Lookup {
  readonly name: string
  readonly partition: Value
  readonly conditions: readonly KeyCondition[]
}

export interface SelectStatement {
  readonly table: string
  readonly index?: string
  /** All that the table or index has when absent. */
  readonly columns?: readonly Path[]
  readonly access: Access
  readonly filter?: Condition
  readonly orderBy: readonly { readonly name: string; readonly descending: boolean }[]
  readonly style: number
}

/** ExecuteStatement of a write. */
export interface ExecuteStatement {
  readonly kind: 'ExecuteStatement'
  readonly statement: WriteStatement
  readonly capacity: CapacityMode
}

export interface BatchExecuteStatement {
  readonly kind: 'BatchExecuteStatement'
  readonly statements: readonly ItemStatement[]
  readonly capacity: CapacityMode
}

export interface ExecuteTransaction {
  readonly kind: 'ExecuteTransaction'
  readonly statements: readonly ItemStatement[]
  readonly token?: string
  readonly capacity: CapacityMode
}
