import { useDraft } from '../parts/draft.ts'
import { TextField } from '../parts/field.tsx'
import { writeExactJson } from '../values/exactJson.ts'
import type { Hold } from './labState.ts'
import { bodyOf, keyHint, keyOfText } from './matchFields.tsx'
import { Panel } from './panel.tsx'
import type { Control } from './useControl.ts'

interface HeldDraft {
  readonly table: string
  readonly key: string
}

const noItem: HeldDraft = { table: '', key: '' }

interface HoldsProps {
  readonly holds: readonly Hold[]
  readonly control: Control
}

/** Items that the lab holds in a transaction of its own. */
export function Holds({ holds, control }: HoldsProps) {
  const [items, keep, clear] = useDraft<readonly HeldDraft[]>('hold', [noItem])
  async function hold(): Promise<void> {
    const body = () =>
      bodyOf({ items: items.map(({ table, key }) => ({ table, key: keyOfText(key) })) })
    const isHeld = await control.change(
      () => ({ method: 'POST', path: '/holds', body: body() }),
      'The items are held.',
    )
    if (isHeld) clear()
  }
  return (
    <Panel
      title="Holds"
      head={['Hold', 'Items', 'Since', 'Release']}
      none="No item is held. Whoever needs one that is meets a transaction."
      adding="Hold items"
      form={
        <HoldForm
          items={items}
          isBusy={control.isBusy}
          onChange={keep}
          onHold={() => void hold()}
        />
      }
      rows={holds.map((each) => (
        <tr key={each.id}>
          <th scope="row">{each.id}</th>
          <td>
            {each.items.map(({ table, key }) => `${table} ${writeExactJson(key, '')}`).join(', ')}
          </td>
          <td>{each.since}</td>
          <td>
            <button
              type="button"
              aria-label={`Release hold ${each.id}`}
              onClick={() =>
                void control.change(
                  () => ({ method: 'DELETE', path: `/holds/${encodeURIComponent(each.id)}` }),
                  `Hold ${each.id} was released.`,
                )
              }
            >
              Release
            </button>
          </td>
        </tr>
      ))}
    />
  )
}

interface HoldFormProps {
  readonly items: readonly HeldDraft[]
  readonly isBusy: boolean
  readonly onChange: (items: readonly HeldDraft[]) => void
  readonly onHold: () => void
}

function HoldForm({ items, isBusy, onChange, onHold }: HoldFormProps) {
  const change = (at: number, changed: Partial<HeldDraft>): void =>
    onChange(items.map((item, i) => (i === at ? { ...item, ...changed } : item)))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onHold()
      }}
    >
      {items.map(({ table, key }, i) => (
        <div class="pair" key={i}>
          <TextField
            label={`Table of item ${i + 1}`}
            required
            value={table}
            onText={(text) => change(i, { table: text })}
          />
          <TextField
            label={`Key of item ${i + 1}`}
            hint={keyHint}
            required
            value={key}
            onText={(text) => change(i, { key: text })}
          />
        </div>
      ))}
      <div class="actions">
        <button type="submit" class="primary" disabled={isBusy}>
          Hold
        </button>
        <button type="button" onClick={() => onChange([...items, noItem])}>
          Add item
        </button>
        {items.length > 1 && (
          <button type="button" onClick={() => onChange(items.slice(0, -1))}>
            Remove last item
          </button>
        )}
      </div>
    </form>
  )
}
