import { useDraft } from '../parts/draft.ts'
import { bodyOfFault, boundsText, effectText, newFault, type FaultDraft } from './faultDraft.ts'
import { FaultForm } from './faultForm.tsx'
import type { Fault } from './labState.ts'
import { matchText } from './matchFields.tsx'
import { Panel } from './panel.tsx'
import type { Control } from './useControl.ts'

interface FaultsProps {
  readonly faults: readonly Fault[]
  readonly control: Control
}

/** The rules by which requests fail. */
export function Faults({ faults, control }: FaultsProps) {
  const [draft, keep, clear] = useDraft<FaultDraft>('fault', newFault)
  async function add(): Promise<void> {
    const isAdded = await control.change(
      () => ({ method: 'POST', path: '/faults', body: bodyOfFault(draft) }),
      'The fault is in force.',
    )
    if (isAdded) clear()
  }
  return (
    <Panel
      title="Faults"
      head={['Fault', 'Requests', 'What is done', 'To how many', 'Done', 'Remove']}
      none="No request is made to fail."
      adding="Add a fault"
      form={
        <FaultForm draft={draft} isBusy={control.isBusy} onChange={keep} onAdd={() => void add()} />
      }
      actions={
        faults.length > 0 && (
          <button
            type="button"
            disabled={control.isBusy}
            onClick={() =>
              void control.change(
                () => ({ method: 'DELETE', path: '/faults' }),
                'All faults were removed.',
              )
            }
          >
            Remove all faults
          </button>
        )
      }
      rows={faults.map(({ id, rule, done }) => (
        <tr key={id}>
          <th scope="row">{id}</th>
          <td>{matchText(rule)}</td>
          <td>{effectText(rule)}</td>
          <td>{boundsText(rule)}</td>
          <td class="figure">{done}</td>
          <td>
            <button
              type="button"
              aria-label={`Remove fault ${id}`}
              onClick={() =>
                void control.change(
                  () => ({ method: 'DELETE', path: `/faults/${encodeURIComponent(id)}` }),
                  `Fault ${id} was removed.`,
                )
              }
            >
              Remove
            </button>
          </td>
        </tr>
      ))}
    />
  )
}
