import { noUsage } from '../../capacity/usage.ts'
import { ApiError } from '../../errors/apiError.ts'
import { emptyAnswer } from '../../operations/emptyAnswer.ts'
import type { Performer } from '../../operations/performer.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import { requestText } from '../../wire/requestText.ts'
import type { ExplainedCondition } from '../../expressions/explainCondition.ts'
import type {
  ExplainedAction,
  ExplainedHolder,
  ExplainedPosition,
} from '../explanations/explanation.ts'
import type { WatchedStore } from './lookout.ts'

/** Whoever looks, where people have to prove who they are. */
export interface Asker {
  /** That of the request, whose signature is good. */
  readonly context: RequestContext
  /** Whether requests of others may be explained to him: he may do everything anyway. */
  readonly seesOthers: boolean
}

/** Nothing is read: what matters is whether it would be permitted. */
const nobody: Performer = { perform: () => ({ response: emptyAnswer, usage: noUsage }) }

/**
 * What of the database one asker may see: items that GetItem would give him whole, and their keys.
 * Without an asker all of it is to be seen. Lasts as long as a request.
 */
export class Sight {
  readonly #store: WatchedStore
  readonly #asker: Asker | undefined
  readonly #known = new Map<string, Promise<boolean>>()

  constructor(store: WatchedStore, asker: Asker | undefined) {
    this.#store = store
    this.#asker = asker && { ...asker, context: { ...asker.context, onDecision: undefined } }
  }

  /** Whether a refusal may be explained, by the key that signed the request. */
  seesRequestOf(caller: string | undefined): boolean {
    const asker = this.#asker
    return asker === undefined || asker.seesOthers || asker.context.accessKeyId === caller
  }

  /** Whether GetItem would be permitted. */
  seesItem(table: string, key: AttributeMap): Promise<boolean> {
    const asker = this.#asker
    if (asker === undefined) return Promise.resolve(true)
    const text = requestText({ TableName: table, Key: key })
    let known = this.#known.get(text)
    if (known === undefined) {
      known = this.#isPermitted(text, asker.context)
      this.#known.set(text, known)
    }
    return known
  }

  async #isPermitted(text: string, context: RequestContext): Promise<boolean> {
    try {
      const served = this.#store.performedBy(nobody).find('DynamoDB_20120810.GetItem')
      await served?.perform(text, context)
      return served !== undefined
    } catch (error) {
      if (error instanceof ApiError) return false
      throw error
    }
  }

  /** The transaction with those of its items that are to be seen; undefined without any. */
  async holder(holder: ExplainedHolder): Promise<ExplainedHolder | undefined> {
    if (this.#asker === undefined) return holder
    const seen: ExplainedAction[] = []
    for (const action of holder.actions) {
      if (await this.seesItem(action.table, action.key)) seen.push(action)
    }
    if (seen.length === 0) return undefined
    const more = (holder.more ?? 0) + holder.actions.length - seen.length
    return { ...holder, actions: seen, ...(more > 0 && { more }) }
  }

  /**
   * A position of a request that the asker has made himself, so that he knows its key; without
   * values of the item, and whom it met there, unless the item is to be seen.
   */
  async position(position: ExplainedPosition): Promise<ExplainedPosition> {
    const { table, key, condition, conflict, ...others } = position
    if (this.#asker === undefined || table === undefined || key === undefined) return position
    const isSeen = await this.seesItem(table, key)
    const met = isSeen && conflict !== undefined ? await this.holder(conflict) : undefined
    const told = isSeen || condition === undefined ? condition : withoutValues(condition)
    return {
      ...others,
      table,
      key,
      ...(told !== undefined && { condition: told }),
      ...(met !== undefined && { conflict: met }),
    }
  }
}

/** What the request says, and not what the item has. */
function withoutValues(condition: ExplainedCondition): ExplainedCondition {
  const { operands, parts, ...node } = condition
  return {
    ...node,
    ...(operands !== undefined && { operands: operands.map(({ text }) => ({ text })) }),
    ...(parts !== undefined && { parts: parts.map(withoutValues) }),
  }
}
