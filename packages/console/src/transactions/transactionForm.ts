import { itemFromDynamodbJson, itemToDynamodbJson } from '../values/dynamodbJson.ts'
import { JsonFault, parseExactJson, writeExactJson } from '../values/exactJson.ts'
import { itemFromPlainJson, itemToPlainJson } from '../values/plainJson.ts'
import type { ActionDraft, JsonForm, TransactionDraft } from './transactionDraft.ts'

/**
 * A draft with its items, keys and values in another form. What is no JSON of the form that it is
 * in stays as it is: it will be said when it is used.
 */
export function inForm(draft: TransactionDraft, form: JsonForm): TransactionDraft {
  if (form === draft.form) return draft
  const convert = (text: string): string => converted(text, form)
  const all = (actions: readonly ActionDraft[]): ActionDraft[] =>
    actions.map((action) => ({
      ...action,
      item: convert(action.item),
      keyJson: convert(action.keyJson),
      values: convert(action.values),
    }))
  return { ...draft, form, writes: all(draft.writes), reads: all(draft.reads) }
}

function converted(text: string, form: JsonForm): string {
  try {
    const json = parseExactJson(text)
    return form === 'plain'
      ? writeExactJson(itemToPlainJson(itemFromDynamodbJson(json)))
      : writeExactJson(itemToDynamodbJson(itemFromPlainJson(json)))
  } catch (error) {
    if (error instanceof JsonFault) return text
    throw error
  }
}
