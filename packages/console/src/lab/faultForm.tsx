import { useId } from 'preact/hooks'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { commonErrors, effects, moments, type FaultDraft } from './faultDraft.ts'
import { MatchFields } from './matchFields.tsx'

interface FaultFormProps {
  readonly draft: FaultDraft
  readonly isBusy: boolean
  readonly onChange: (draft: FaultDraft) => void
  readonly onAdd: () => void
}

/** A rule that is made: which requests, what is done, and to how many. */
export function FaultForm({ draft, isBusy, onChange, onAdd }: FaultFormProps) {
  const change = (changed: Partial<FaultDraft>): void => onChange({ ...draft, ...changed })
  const figure = (label: string, name: 'delayMs' | 'next' | 'skip' | 'seed' | 'count') => (
    <TextField
      label={label}
      type="number"
      min="0"
      value={draft[name]}
      onText={(text) => change({ [name]: text })}
    />
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onAdd()
      }}
    >
      <MatchFields draft={draft.match} onChange={(match) => change({ match })} />
      <div class="pair">
        <ChoiceField
          label="What is done"
          value={draft.effect}
          choices={effects}
          onChoose={(effect) => change({ effect })}
        />
        <ChoiceField
          label="When"
          value={draft.when}
          choices={moments}
          onChoose={(when) => change({ when })}
        />
      </div>
      {draft.effect === 'error' && <ErrorFields draft={draft} change={change} />}
      <div class="pair">
        {draft.effect === 'unprocessed' && figure('Entries (all when empty)', 'count')}
        {figure('Delay in milliseconds (optional)', 'delayMs')}
        {figure('Next requests (all when empty)', 'next')}
        {figure('Skip first (optional)', 'skip')}
        <TextField
          label="Probability, 0 to 1 (optional)"
          type="number"
          min="0"
          max="1"
          step="any"
          value={draft.probability}
          onText={(probability) => change({ probability })}
        />
        {figure('Seed of chance (optional)', 'seed')}
      </div>
      <button type="submit" class="primary" disabled={isBusy}>
        Add fault
      </button>
    </form>
  )
}

interface ErrorFieldsProps {
  readonly draft: FaultDraft
  readonly change: (changed: Partial<FaultDraft>) => void
}

function ErrorFields({ draft, change }: ErrorFieldsProps) {
  const listId = useId()
  return (
    <div class="pair">
      <TextField
        label="Error"
        list={listId}
        required
        value={draft.errorName}
        onText={(errorName) => change({ errorName })}
      />
      <datalist id={listId}>
        {commonErrors.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <TextField
        label="Message (optional)"
        value={draft.message}
        onText={(message) => change({ message })}
      />
      {draft.errorName === 'TransactionCanceledException' ? (
        <>
          <TextField
            label="Reason (optional)"
            hint="TransactionConflict when empty"
            value={draft.code}
            onText={(code) => change({ code })}
          />
          <TextField
            label="Positions (optional)"
            hint="From 0, with commas between them"
            value={draft.positions}
            onText={(positions) => change({ positions })}
          />
        </>
      ) : (
        <TextField
          label="Throttling reasons (optional)"
          hint="Such as TableWriteKeyRangeThroughputExceeded"
          value={draft.reasons}
          onText={(reasons) => change({ reasons })}
        />
      )}
    </div>
  )
}
