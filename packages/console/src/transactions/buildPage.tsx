import { useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { useDraft } from '../parts/draft.ts'
import { ChoiceField, TextField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { ActionList } from './actionList.tsx'
import { useKnownKeys, useTableNames } from './knownKeys.ts'
import { OutcomeView } from './outcomeView.tsx'
import { commit, dryRun, readItems, type Outcome } from './perform.ts'
import {
  actionsOf,
  newToken,
  newTransaction,
  type JsonForm,
  type TransactionDraft,
} from './transactionDraft.ts'
import { inForm } from './transactionForm.ts'
import { readInput, requestJson, writeInput, type KnownKeys } from './transactionInput.ts'
import { Failure } from '../parts/failure.tsx'

/** Where a transaction is built of actions, looked at, and done. */
export function BuildPage({ connection }: { readonly connection: Connection }) {
  const { client, namespace = '' } = connection
  const [draft, setDraft, clear] = useDraft(`transaction:${namespace}`, newTransaction)
  const keys = useKnownKeys(
    client,
    actionsOf(draft).map(({ table }) => table),
  )
  const tableNames = useTableNames(client)
  const { outcome, failure, isBusy, perform, forget } = usePerformed()
  const run = (isDry: boolean): void =>
    perform(() => {
      if (draft.mode === 'read') return readItems(connection, readInput(draft, keys))
      const input = writeInput(draft, keys)
      return isDry ? dryRun(connection, input) : commit(connection, input)
    })
  return (
    <>
      <form
        class="read"
        onSubmit={(event) => {
          event.preventDefault()
          const { submitter } = event as SubmitEvent
          run(submitter?.getAttribute('value') === 'dry-run')
        }}
      >
        <Settings draft={draft} onChange={setDraft} />
        <ActionList draft={draft} keys={keys} tableNames={tableNames} onChange={setDraft} />
        <div class="actions">
          {draft.mode === 'write' && (
            <button type="submit" value="dry-run" disabled={isBusy}>
              Dry run
            </button>
          )}
          <button type="submit" class="primary" disabled={isBusy}>
            {draft.mode === 'write' ? 'Commit' : 'Read'}
          </button>
          <button
            type="button"
            onClick={() => {
              clear()
              forget()
            }}
          >
            Start anew
          </button>
        </div>
      </form>
      <Failure text={failure} />
      {outcome !== undefined && <OutcomeView outcome={outcome} />}
      <RequestText draft={draft} keys={keys} />
    </>
  )
}

/** What was done last. What cannot be made a request of fails before anything is done. */
function usePerformed() {
  const [outcome, setOutcome] = useState<Outcome>()
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  function perform(work: () => Promise<Outcome>): void {
    setFailure(undefined)
    setOutcome(undefined)
    setBusy(true)
    // What `work` throws and what it rejects with are told alike.
    new Promise<Outcome>((resolve) => resolve(work()))
      .then(setOutcome, (error: unknown) => setFailure(textOf(error)))
      .finally(() => setBusy(false))
  }
  function forget(): void {
    setFailure(undefined)
    setOutcome(undefined)
  }
  return { outcome, failure, isBusy, perform, forget }
}

interface SettingsProps {
  readonly draft: TransactionDraft
  readonly onChange: (draft: TransactionDraft) => void
}

function Settings({ draft, onChange }: SettingsProps) {
  return (
    <div class="pair">
      <ChoiceField
        label="Transaction"
        value={draft.mode}
        choices={[
          ['write', 'Write items'],
          ['read', 'Read items'],
        ]}
        onChoose={(mode) => onChange({ ...draft, mode })}
      />
      <ChoiceField<JsonForm>
        label="Items and values as"
        value={draft.form}
        choices={[
          ['dynamodb', 'DynamoDB JSON'],
          ['plain', 'Plain JSON'],
        ]}
        onChoose={(form) => onChange(inForm(draft, form))}
      />
      {draft.mode === 'write' && (
        <div class="token">
          <TextField
            label="Client request token (optional)"
            hint="The same request with the same token is done once."
            maxLength={36}
            value={draft.token}
            onText={(token) => onChange({ ...draft, token })}
          />
          <button type="button" onClick={() => onChange({ ...draft, token: newToken() })}>
            New token
          </button>
        </div>
      )}
    </div>
  )
}

/** The request of a draft, as other programs send it. */
function RequestText({
  draft,
  keys,
}: {
  readonly draft: TransactionDraft
  readonly keys: KnownKeys
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="elsewhere" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The request as JSON</summary>
      {isOpen && <pre tabIndex={0}>{textOfRequest(draft, keys)}</pre>}
    </details>
  )
}

function textOfRequest(draft: TransactionDraft, keys: KnownKeys): string {
  try {
    const input = draft.mode === 'read' ? readInput(draft, keys) : writeInput(draft, keys)
    return requestJson(input, 2)
  } catch (error) {
    return textOf(error)
  }
}
