import type { Extension } from '@codemirror/state'
import { CodeEditor } from '../parts/codeEditor.tsx'
import { CheckField, ChoiceField, TextArea, TextField } from '../parts/field.tsx'
import { ways, type StatementDraft } from './runStatements.ts'

interface StatementFormProps {
  readonly draft: StatementDraft
  readonly language: Extension
  readonly isBusy: boolean
  readonly onChange: (draft: StatementDraft) => void
  readonly onRun: () => void
  readonly onCancel: () => void
}

/** What is run, with its parameters and the way it is run. */
export function StatementForm(props: StatementFormProps) {
  const { draft, language, isBusy, onChange, onRun, onCancel } = props
  const change = (changed: Partial<StatementDraft>): void => onChange({ ...draft, ...changed })
  return (
    <form
      class="read"
      onSubmit={(event) => {
        event.preventDefault()
        onRun()
      }}
    >
      <CodeEditor
        label="Statement"
        hint="Ctrl+Space completes, Ctrl+Enter runs; semicolons stand between several statements."
        text={draft.text}
        onText={(text) => change({ text })}
        language={language}
        onRun={onRun}
      />
      <TextArea
        label="Parameters (optional)"
        hint='A list in DynamoDB JSON, one for each question mark: [{ "S": "1001" }]'
        rows={2}
        value={draft.parameters}
        onText={(parameters) => change({ parameters })}
      />
      <div class="pair">
        <ChoiceField
          label="Run as"
          value={draft.way}
          choices={ways}
          onChoose={(way) => change({ way })}
        />
        {draft.way === 'one' && (
          <TextField
            label="Limit (optional)"
            type="number"
            min="1"
            value={draft.limit}
            onText={(limit) => change({ limit })}
          />
        )}
      </div>
      {draft.way !== 'transaction' && (
        <CheckField
          label="Consistent read"
          checked={draft.isConsistent}
          onCheck={(isConsistent) => change({ isConsistent })}
        />
      )}
      <div class="actions">
        <button type="submit" class="primary" disabled={isBusy}>
          Run
        </button>
        {isBusy && (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}
