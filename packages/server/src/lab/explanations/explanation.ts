import type { ExplainedCondition } from '../../expressions/explainCondition.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import {
  anyObject,
  choice,
  flag,
  listOf,
  named,
  objectOf,
  text,
  whole,
  type Schema,
  type Schemas,
} from '../schema.ts'

/** What is done to an item: a change, a check of a condition, or a read of a transaction. */
export type ActionKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck' | 'Get'

/** One thing that a request does to one item. */
export interface ExplainedAction {
  readonly action: ActionKind
  readonly table: string
  /** As DynamoDB JSON; empty where the request names no key. */
  readonly key: AttributeMap
}

/** A request that was there first. */
export interface ExplainedHolder {
  /** Absent for what no request asked for: a hold of the lab, the removal of an expired item. */
  readonly requestId?: string
  /** As in the API, or `hold` and `time to live`. */
  readonly operation: string
  /** The access key id that signed. */
  readonly caller?: string
  /** When it took the item, in ISO 8601, and how many milliseconds before. */
  readonly since: string
  readonly forMs: number
  /** What it was doing then: `evaluating its conditions`. */
  readonly doing: string
  /** All that it does, to so many items at most as can be shown. */
  readonly actions: readonly ExplainedAction[]
  /** To how many items it does something beside those; absent for none. */
  readonly more?: number
}

/** One action of a request that was refused, and what it came to. */
export interface ExplainedPosition extends Partial<ExplainedAction> {
  /** Which entry of the request, from 0. */
  readonly position: number
  /** As a cancellation reason has it: `ConditionalCheckFailed`; `None` for what was in order. */
  readonly code: string
  readonly message?: string
  /** Whether there was an item, where a condition was looked at. */
  readonly itemExists?: boolean
  readonly condition?: ExplainedCondition
  /** Whom it met; absent where that is not known, as of another server of the same store. */
  readonly conflict?: ExplainedHolder
}

/** Why a request was refused. */
export interface Explanation {
  readonly requestId: string
  readonly operation: string
  /** The access key id that signed. */
  readonly caller?: string
  /** When it was refused, in ISO 8601. */
  readonly at: string
  /** The error's name; for entries of a batch that was answered, absent. */
  readonly error?: string
  readonly message?: string
  /** The rule of the lab that refused it, when none of DynamoDB did. */
  readonly fault?: string
  readonly positions: readonly ExplainedPosition[]
  /** The request with the same token that had not ended, of TransactionInProgressException. */
  readonly inProgress?: ExplainedHolder
}

const actionKinds: readonly ActionKind[] = ['Put', 'Update', 'Delete', 'ConditionCheck', 'Get']
const value = anyObject('an attribute value, as DynamoDB JSON')

const actionProperties: Readonly<Record<keyof ExplainedAction, Schema>> = {
  action: choice(actionKinds, 'what is done to the item'),
  table: text('the name of the table'),
  key: anyObject('the key, as DynamoDB JSON'),
}

export const explanationSchemas: Schemas = {
  Condition: objectOf<keyof ExplainedCondition>(
    {
      kind: text('such as comparison, and, attribute_exists'),
      text: text('the condition, with names and values in the place of placeholders'),
      result: flag('whether it held'),
      decisive: flag('whether it made the whole what it is'),
      operands: listOf(objectOf({ text: text('as in the condition'), value }, ['text'])),
      parts: listOf(named('Condition')),
    },
    ['kind', 'text', 'result', 'decisive'],
  ),
  Holder: objectOf<keyof ExplainedHolder>(
    {
      requestId: text('the request; absent for what no request asked for'),
      operation: text('as in the API, or hold, or time to live'),
      caller: text('the access key id that signed'),
      since: text('when it took the item, in ISO 8601'),
      forMs: { type: 'number', minimum: 0, description: 'for how long then' },
      doing: text('what it was doing then'),
      actions: listOf(objectOf(actionProperties, ['action', 'table', 'key'])),
      more: whole(1, 100, 'to how many items beside those'),
    },
    ['operation', 'since', 'forMs', 'doing', 'actions'],
  ),
  Position: objectOf<keyof ExplainedPosition>(
    {
      ...actionProperties,
      position: whole(0, 99, 'which entry of the request'),
      code: text('as a cancellation reason has it'),
      message: { type: 'string' },
      itemExists: flag('whether there was an item'),
      condition: named('Condition'),
      conflict: named('Holder'),
    },
    ['position', 'code'],
  ),
  Explanation: objectOf<keyof Explanation>(
    {
      requestId: text('x-amzn-requestid of the answer'),
      operation: text('as in the API'),
      caller: text('the access key id that signed'),
      at: text('when it was refused, in ISO 8601'),
      error: text("the error's name"),
      message: { type: 'string' },
      fault: text('the id of the rule that refused it'),
      positions: listOf(named('Position')),
      inProgress: named('Holder'),
    },
    ['requestId', 'operation', 'at', 'positions'],
  ),
}
