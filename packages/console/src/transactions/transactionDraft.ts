export type ActionKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck' | 'Get'

/** One action as somebody types it in. */
export interface ActionDraft {
  /** Tells it from the others of its list, however they are ordered. */
  readonly id: number
  readonly kind: ActionKind
  readonly table: string
  /** The values of the key attributes, in the order of the table's key. */
  readonly key: readonly string[]
  /** The key as JSON, where the table is not known. */
  readonly keyJson: string
  readonly item: string
  readonly update: string
  readonly condition: string
  readonly projection: string
  /** JSON; empty for none. */
  readonly names: string
  readonly values: string
  /** Whether the item comes with the refusal when its condition is false. */
  readonly returnsOld: boolean
}

/** In which form items, keys and values are typed in. */
export type JsonForm = 'dynamodb' | 'plain'

/** A transaction as somebody types it in: one that writes, and one that reads. */
export interface TransactionDraft {
  readonly mode: 'write' | 'read'
  readonly form: JsonForm
  /** Client request token; empty for one that is made for each commit. */
  readonly token: string
  readonly writes: readonly ActionDraft[]
  readonly reads: readonly ActionDraft[]
}

/** DynamoDB's own bound. */
export const mostActions = 100

const blank = {
  table: '',
  key: [],
  keyJson: '',
  item: '',
  update: '',
  condition: '',
  projection: '',
  names: '',
  values: '',
  returnsOld: false,
}

export const newTransaction: TransactionDraft = {
  mode: 'write',
  form: 'dynamodb',
  token: '',
  writes: [{ ...blank, id: 1, kind: 'Put' }],
  reads: [{ ...blank, id: 1, kind: 'Get' }],
}

/** The actions of the mode that is chosen. */
export const actionsOf = ({ mode, writes, reads }: TransactionDraft): readonly ActionDraft[] =>
  mode === 'write' ? writes : reads

/** The draft with other actions of the mode that is chosen. */
export const withActions = (
  draft: TransactionDraft,
  actions: readonly ActionDraft[],
): TransactionDraft => ({ ...draft, [draft.mode === 'write' ? 'writes' : 'reads']: actions })

const freeId = (actions: readonly ActionDraft[]): number =>
  1 + Math.max(0, ...actions.map(({ id }) => id))

/** One more action, of the table of the last one. */
export function withNewAction(actions: readonly ActionDraft[], kind: ActionKind): ActionDraft[] {
  const table = actions.at(-1)?.table ?? ''
  return [...actions, { ...blank, id: freeId(actions), kind, table }]
}

/** One more, like that at `at`, behind it. */
export function withCopy(actions: readonly ActionDraft[], at: number): ActionDraft[] {
  const action = actions[at]
  if (action === undefined) return [...actions]
  return actions.toSpliced(at + 1, 0, { ...action, id: freeId(actions) })
}

/** The action at `at` one place further, or back for -1. */
export function moved(actions: readonly ActionDraft[], at: number, by: 1 | -1): ActionDraft[] {
  const action = actions[at]
  const place = at + by
  if (action === undefined || place < 0 || place >= actions.length) return [...actions]
  return actions.toSpliced(at, 1).toSpliced(place, 0, action)
}

/** A token that no other commit has. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
