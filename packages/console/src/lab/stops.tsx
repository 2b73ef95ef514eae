import { useDraft } from '../parts/draft.ts'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { ExactNumber, writeExactJson } from '../values/exactJson.ts'
import type { Stop } from './labState.ts'
import {
  anyRequest,
  bodyOf,
  MatchFields,
  matchOf,
  matchText,
  type MatchDraft,
} from './matchFields.tsx'
import { Panel } from './panel.tsx'
import type { Control } from './useControl.ts'

const places = [
  ['claimed', 'Before its conditions are evaluated'],
  ['judged', 'Before its commit'],
  ['durable', 'Before it is answered'],
] as const

interface StopDraft {
  readonly match: MatchDraft
  readonly at: (typeof places)[number][0]
  readonly next: string
}

const newStop: StopDraft = { match: anyRequest, at: 'judged', next: '1' }

interface StopsProps {
  readonly stops: readonly Stop[]
  readonly control: Control
}

/** Rules by which transactions stop on their way, with their items in their hands. */
export function Stops({ stops, control }: StopsProps) {
  const [draft, keep, clear] = useDraft<StopDraft>('stop', newStop)
  async function add(): Promise<void> {
    const body = () =>
      bodyOf({
        ...matchOf(draft.match),
        at: draft.at,
        next: new ExactNumber(String(Number(draft.next))),
      })
    const isAdded = await control.change(
      () => ({ method: 'POST', path: '/stops', body: body() }),
      'The next transactions that match will stop.',
    )
    if (isAdded) clear()
  }
  return (
    <Panel
      title="Stops"
      head={['Stop', 'Transactions', 'Where', 'Stopped', 'Let go']}
      none="No transaction is stopped on its way."
      adding="Stop transactions"
      form={
        <StopForm draft={draft} isBusy={control.isBusy} onChange={keep} onAdd={() => void add()} />
      }
      rows={stops.map(({ id, rule, stopped }) => (
        <tr key={id}>
          <th scope="row">{id}</th>
          <td>{`${matchText(rule)}, the next ${rule.next ?? 1}`}</td>
          <td>{rule.at ?? 'judged'}</td>
          <td>{stopped.map(stoppedText).join('; ') || 'None yet'}</td>
          <td>
            <button
              type="button"
              aria-label={`Let go stop ${id}`}
              onClick={() =>
                void control.change(
                  () => ({ method: 'DELETE', path: `/stops/${encodeURIComponent(id)}` }),
                  `Stop ${id} was let go.`,
                )
              }
            >
              Let go
            </button>
          </td>
        </tr>
      ))}
    />
  )
}

const stoppedText = ({ operation, since, actions }: Stop['stopped'][number]): string =>
  `${operation} since ${since}: ` +
  actions
    .map(({ action, table, key }) => `${action} ${table} ${writeExactJson(key, '')}`)
    .join(', ')

interface StopFormProps {
  readonly draft: StopDraft
  readonly isBusy: boolean
  readonly onChange: (draft: StopDraft) => void
  readonly onAdd: () => void
}

function StopForm({ draft, isBusy, onChange, onAdd }: StopFormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onAdd()
      }}
    >
      <MatchFields draft={draft.match} onChange={(match) => onChange({ ...draft, match })} />
      <div class="pair">
        <ChoiceField
          label="Where it stops"
          value={draft.at}
          choices={places}
          onChoose={(at) => onChange({ ...draft, at })}
        />
        <TextField
          label="Next transactions"
          type="number"
          min="1"
          required
          value={draft.next}
          onText={(next) => onChange({ ...draft, next })}
        />
      </div>
      <button type="submit" class="primary" disabled={isBusy}>
        Stop them
      </button>
    </form>
  )
}
