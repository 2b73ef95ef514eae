import { itemFromDynamodbJson, itemToDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { parseExactJson, writeExactJson } from '../values/exactJson.ts'
import { itemFromPlainJson, itemToPlainJson } from '../values/plainJson.ts'
import { changesBetween } from './itemChange.ts'

export type View = 'form' | 'dynamodb' | 'plain'

/** The views of an item, with what each is called. */
export const views: readonly (readonly [View, string])[] = [
  ['form', 'Form'],
  ['dynamodb', 'DynamoDB JSON'],
  ['plain', 'Plain JSON'],
]

/** An item as text of a view; that of the form is kept in DynamoDB JSON. */
export const viewText = (view: View, item: Item): string =>
  writeExactJson(view === 'plain' ? itemToPlainJson(item) : itemToDynamodbJson(item))

/** The item of a text of {@link viewText}; of `before` plain JSON takes its sets and bytes. */
export function itemFromView(view: View, text: string, before: Item): Item {
  const json = parseExactJson(text)
  return view === 'plain' ? itemFromPlainJson(json, before) : itemFromDynamodbJson(json)
}

/** An item that is being edited. */
export interface EditDraft {
  readonly view: View
  /** What is typed in, as text of the view. */
  readonly text: string
  /** The item that it was made of, in DynamoDB JSON. */
  readonly base: string
}

export const newEdit = (before: Item): EditDraft => ({
  view: 'form',
  text: viewText('form', before),
  base: viewText('dynamodb', before),
})

/**
 * A draft as one of `present`, which is read anew: what was changed in it is changed in that, and
 * what somebody else has changed meanwhile stays theirs. A text that is no item stays as it is.
 */
export function rebased(draft: EditDraft, present: Item): EditDraft {
  const base = viewText('dynamodb', present)
  if (draft.base === base) return draft
  try {
    const before = itemFromView('dynamodb', draft.base, {})
    const edited = itemFromView(draft.view, draft.text, before)
    const item: Item = { ...present }
    for (const { name, after } of changesBetween(before, edited)) {
      const value = after === undefined ? undefined : edited[name]
      if (value === undefined) delete item[name]
      else item[name] = value
    }
    return { view: draft.view, text: viewText(draft.view, item), base }
  } catch {
    return draft
  }
}
