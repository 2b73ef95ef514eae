import { useState } from 'preact/hooks'
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
type Unit = (typeof units)[number][0]

/** The clock that the database goes by. */
export function ClockPanel(props: { readonly clock: Clock; readonly control: Control }) {
  const { clock, control } = props
  const [amount, setAmount] = useState('1')
  const [unit, setUnit] = useState<Unit>('3600000')
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
          onText={setAmount}
        />
        <ChoiceField label="Unit" value={unit} choices={units} onChoose={setUnit} />
        <button type="submit" disabled={control.isBusy}>
          Advance
        </button>
      </form>
    </Group>
  )
}
