import { useLayoutEffect, useRef } from 'preact/hooks'
import { ActionFields } from './actionFields.tsx'
import type { KnownKeys } from './transactionInput.ts'
import {
  actionsOf,
  mostActions,
  moved,
  withActions,
  withCopy,
  withNewAction,
  type ActionDraft,
  type TransactionDraft,
} from './transactionDraft.ts'

interface ActionListProps {
  readonly draft: TransactionDraft
  readonly keys: KnownKeys
  readonly tableNames: readonly string[]
  readonly onChange: (draft: TransactionDraft) => void
}

const tablesId = 'transaction-tables'

/** The actions in their order, which somebody may change, and the way to more of them. */
export function ActionList({ draft, keys, tableNames, onChange }: ActionListProps) {
  const actions = actionsOf(draft)
  const [list, goTo] = useMovedFocus()
  const change = (changed: readonly ActionDraft[]): void => onChange(withActions(draft, changed))
  return (
    <div class="read" ref={list}>
      <datalist id={tablesId}>
        {tableNames.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {actions.map((action, i) => (
        <ActionFields
          key={action.id}
          action={action}
          position={i}
          count={actions.length}
          form={draft.form}
          keyAttributes={keys.get(action.table)}
          tablesId={tablesId}
          onChange={(part) => change(actions.with(i, { ...action, ...part }))}
          onMove={(by) => {
            change(moved(actions, i, by))
            goTo({ id: action.id, move: by === 1 ? 'down' : 'up' })
          }}
          onCopy={() => change(withCopy(actions, i))}
          onRemove={() => {
            change(actions.toSpliced(i, 1))
            const next = actions[i + 1] ?? actions[i - 1]
            if (next !== undefined) goTo({ id: next.id })
          }}
        />
      ))}
      <div class="actions">
        <button
          type="button"
          disabled={actions.length >= mostActions}
          onClick={() => {
            const more = withNewAction(actions, draft.mode === 'write' ? 'Put' : 'Get')
            change(more)
            goTo({ id: more.at(-1)?.id ?? 0 })
          }}
        >
          Add action
        </button>
        <span class="hint">
          {actions.length} of {mostActions} actions
        </span>
      </div>
    </div>
  )
}

/** An action, and its button that was pressed; its first field for none. */
interface Place {
  readonly id: number
  readonly move?: 'up' | 'down'
}

/**
 * Keeps the focus at an action that changes its place, and takes it to one that comes: as soon as
 * it is drawn, for an effect of later is done before the next drawing if that comes first.
 */
function useMovedFocus() {
  const list = useRef<HTMLDivElement>(null)
  const wanted = useRef<Place>()
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    const { id, move } = wanted.current
    wanted.current = undefined
    const action = list.current?.querySelector(`[data-action="${id}"]`)
    const buttons = [...(action?.querySelectorAll<HTMLButtonElement>('[data-move]') ?? [])]
    const pressed = buttons.find((button) => button.dataset['move'] === move)
    const usable = [pressed, ...buttons].find((button) => button?.disabled === false)
    const first = action?.querySelector<HTMLElement>('select, input')
    const target = move === undefined ? first : usable
    target?.focus()
  })
  const goTo = (place: Place): void => {
    wanted.current = place
  }
  return [list, goTo] as const
}
