import type { ExplainedAction } from '../explanations/explanation.ts'
import { matchProperties, type RequestMatch } from '../faults/faultRule.ts'
import {
  anyObject,
  choice,
  listOf,
  objectOf,
  text,
  whole,
  type Schema,
  type Schemas,
} from '../schema.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'

/** Where a transaction can stop. */
export type StopPoint = 'claimed' | 'judged' | 'durable'

/** Which transactions stop, and where. */
export interface StopRule extends RequestMatch {
  /**
   * `claimed`: it holds its items, and its conditions are not evaluated yet. `judged`: they are,
   * and the commit is next. `durable`: it is committed, and not answered. `judged` when absent.
   */
  readonly at?: StopPoint
  /** How many transactions. One when absent. */
  readonly next?: number
}

/** A transaction that has stopped. */
export interface StoppedTransaction {
  readonly requestId: string
  readonly operation: string
  /** In ISO 8601. */
  readonly since: string
  readonly actions: readonly ExplainedAction[]
}

/** A rule that is in force, and the transactions that it holds up. */
export interface Stop {
  readonly id: string
  readonly rule: StopRule
  readonly stopped: readonly StoppedTransaction[]
}

/** An item by its key, as DynamoDB JSON. */
export interface ItemName {
  readonly table: string
  readonly key: AttributeMap
}

/** Items that are held in a transaction of the lab's own. */
export interface Hold {
  readonly id: string
  readonly items: readonly ItemName[]
  /** In ISO 8601. */
  readonly since: string
}

const maxHeldItems = 100

export const itemSchema: Schema = objectOf<keyof ItemName>(
  { table: text('name or ARN of the table'), key: anyObject('the key, as DynamoDB JSON') },
  ['table', 'key'],
)
export const holdSchema: Schema = objectOf(
  { items: { ...listOf(itemSchema), minItems: 1, maxItems: maxHeldItems } },
  ['items'],
)
export const stopRuleSchema: Schema = objectOf<keyof StopRule>({
  ...matchProperties,
  at: choice(['claimed', 'judged', 'durable'], 'where it stops'),
  next: whole(1, 1_000_000, 'how many transactions'),
})

const actionSchema: Schema = objectOf<keyof ExplainedAction>(
  {
    action: text('what is done to the item'),
    table: text('the name of the table'),
    key: anyObject('the key, as DynamoDB JSON'),
  },
  ['action', 'table', 'key'],
)

export const conflictSchemas: Schemas = {
  Hold: objectOf<keyof Hold>(
    { id: text('what it is released by'), items: listOf(itemSchema), since: text('in ISO 8601') },
    ['id', 'items', 'since'],
  ),
  Stop: objectOf<keyof Stop>(
    {
      id: text('what it is let go by'),
      rule: stopRuleSchema,
      stopped: listOf(
        objectOf<keyof StoppedTransaction>(
          {
            requestId: text('the request'),
            operation: text('as in the API'),
            since: text('in ISO 8601'),
            actions: listOf(actionSchema),
          },
          ['requestId', 'operation', 'since', 'actions'],
        ),
      ),
    },
    ['id', 'rule', 'stopped'],
  ),
}
