import type { Item } from '../model/attributes.ts'
import type { IndexDefinition, TableDefinition } from '../model/tables.ts'

/** What a request makes of one item that no other request under way touches. */
export interface ItemChange {
  readonly table: string
  readonly key: Item
  readonly before: Item | undefined
  /** Undefined for a deletion. Has the id of the request as its attribute `w`. */
  readonly after: Item | undefined
}

/** One write and all that may come of it. */
export interface WriteRequest {
  /** No other request has it; what the request writes is marked with it. */
  readonly id: string
  readonly operation: string
  readonly body: object
  /** Either all of its changes and marks are made, or none. */
  readonly atomic: boolean
  readonly changes: readonly ItemChange[]
  /** The keys of the counters that it adds its id to. */
  readonly marks: readonly Item[]
  /** Items that it only looks at; nobody writes them meanwhile. */
  readonly checks: readonly { readonly table: string; readonly key: Item }[]
  /** The errors that it may get; nothing of it has happened then. */
  readonly mayFailWith: readonly string[]
  /** It has to fail: nothing of it may ever show. */
  readonly impossible: boolean
  readonly token: string | undefined
}

/** A change of the tables themselves. */
export type TableChange =
  | { readonly kind: 'CreateTable'; readonly definition: TableDefinition }
  | { readonly kind: 'DeleteTable'; readonly table: string }
  | {
      readonly kind: 'CreateIndex' | 'DeleteIndex'
      readonly table: string
      readonly index: IndexDefinition
    }
