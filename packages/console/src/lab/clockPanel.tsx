import { useDraft } from '../parts/draft.ts'
import { ChoiceField, Group, TextField } from '../parts/field.tsx'
import type { Clock } from './labState.ts'
import type { Control } from './useControl.ts'

const units = [
  ['1', 'milliseconds'],
  ['1000', 'seconds'],
  ['60000', 'minutes'],
  ['3600000', 'hours'],
  ['86400000', 'days'],
] as const

/** By how much the clock is to be advanced, as it is typed in. */
interface AdvanceDraft {
  readonly amount: string
  readonly unit: (typeof units)[number][0]
}

/** The clock that the database goes by. */
export function ClockPanel(props: { readonly clock: Clock; readonly control: Control }) {
  const { clock, control } = props
  const [draft, keep] = useDraft<AdvanceDraft>('advance', { amount: '1', unit: '3600000' })
  const { amount, unit } = draft
  const isFrozen = clock.isFrozen
  function advance(event: Event): void {
    event.preventDefault()
    const ms = Number(amount) * Number(unit)
    const body = JSON.stringify({ ms })
    void control.change(
      () => ({ method: 'POST', path: '/clock/advance', body }),
      'The clock was advanced, and what fell due is done.',
    )
  }
  return (
    <Group legend="Clock">
      <p>
        <time dateTime={clock.now}>{clock.now}</time>{' '}
        <strong>{isFrozen ? 'stands still' : 'goes by itself'}</strong>
      </p>
      <div class="actions">
        <button
          type="button"
          disabled={control.isBusy}
          onClick={() =>
            void control.change(
              () => ({ method: 'POST', path: isFrozen ? '/clock/unfreeze' : '/clock/freeze' }),
              isFrozen ? 'The clock goes on.' : 'The clock stands still.',
            )
          }
        >
          {isFrozen ? 'Let it go on' : 'Freeze'}
        </button>
      </div>
      <form class="pair" onSubmit={advance}>
        <TextField
          label="Advance by"
          type="number"
          min="0"
          step="any"
          required
          value={amount}
          onText={(text) => keep({ ...draft, amount: text })}
        />
        <ChoiceField
          label="Unit"
          value={unit}
          choices={units}
          onChoose={(chosen) => keep({ ...draft, unit: chosen })}
        />
        <button type="submit" disabled={control.isBusy}>
          Advance
        </button>
      </form>
    </Group>
  )
}
