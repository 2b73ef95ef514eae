import { useDraft } from '../parts/draft.ts'
import { ChoiceField, Group, TextField } from '../parts/field.tsx'
import { countText } from '../values/figures.ts'
import type { Lag } from './labState.ts'
import type { Control } from './useControl.ts'

type Kind = 'none' | 'constant' | 'drawn'

const kinds: readonly (readonly [Kind, string])[] = [
  ['none', 'None'],
  ['constant', 'Always as long'],
  ['drawn', 'By chance'],
]

/** A lag as it is typed in: milliseconds, and a seed. */
interface LagDraft {
  readonly kind: Kind
  readonly most: string
  readonly least: string
  readonly mean: string
  readonly seed: string
}

const newLag: LagDraft = { kind: 'constant', most: '1000', least: '', mean: '', seed: '' }

/** How long eventually consistent reads lag. */
export function LagPanel({ lag, control }: { readonly lag: Lag; readonly control: Control }) {
  const [draft, keep] = useDraft<LagDraft>('lag', newLag)
  const { kind } = draft
  const field = (label: string, name: Exclude<keyof LagDraft, 'kind'>, required = false) => (
    <TextField
      label={label}
      type="number"
      min="0"
      required={required}
      value={draft[name]}
      onText={(text) => keep({ ...draft, [name]: text })}
    />
  )
  function set(event: Event): void {
    event.preventDefault()
    const body = JSON.stringify({ eventualLagMs: lagOf(draft) })
    void control.change(() => ({ method: 'PUT', path: '/reads', body }), 'The lag was set.')
  }
  return (
    <Group legend="Lag">
      <p>
        Eventually consistent reads <strong>{lagText(lag)}</strong>
      </p>
      <form class="read" onSubmit={set}>
        <ChoiceField
          label="Lag of reads"
          value={kind}
          choices={kinds}
          onChoose={(chosen) => keep({ ...draft, kind: chosen })}
        />
        {kind === 'constant' && field('Milliseconds', 'most', true)}
        {kind === 'drawn' && (
          <div class="pair">
            {field('At most (ms)', 'most', true)}
            {field('At least (ms)', 'least')}
            {field('On average (ms)', 'mean')}
            {field('Seed', 'seed')}
          </div>
        )}
        <div class="actions">
          <button type="submit" disabled={control.isBusy}>
            Set lag
          </button>
        </div>
      </form>
    </Group>
  )
}

function lagOf({ kind, ...draft }: LagDraft): Lag {
  if (kind === 'none') return 0
  if (kind === 'constant') return Number(draft.most)
  return {
    maxMs: Number(draft.most),
    ...(draft.least !== '' && { minMs: Number(draft.least) }),
    ...(draft.mean !== '' && { meanMs: Number(draft.mean) }),
    ...(draft.seed !== '' && { seed: Number(draft.seed) }),
  }
}

function lagText(lag: Lag): string {
  if (lag === 0) return 'do not lag'
  if (typeof lag === 'number') return `lag by ${countText(lag)} ms`
  const { minMs = 0, maxMs, meanMs } = lag
  const mean = meanMs === undefined ? '' : `, ${countText(meanMs)} on average`
  return `lag by ${countText(minMs)} to ${countText(maxMs)} ms${mean}`
}
