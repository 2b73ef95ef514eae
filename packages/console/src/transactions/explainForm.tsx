import { useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { TextField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { timeText } from './holderView.tsx'
import { OutcomeView } from './outcomeView.tsx'
import { explain, type Outcome } from './perform.ts'
import { Failure } from '../parts/failure.tsx'

interface ExplainFormProps {
  readonly connection: Connection
  /** Since when refusals are noted, in ISO 8601. */
  readonly since: string | undefined
}

/** Asks why a request was refused that some program has made. */
export function ExplainForm({ connection, since }: ExplainFormProps) {
  const [requestId, setRequestId] = useState('')
  const [outcome, setOutcome] = useState<Outcome>()
  const [failure, setFailure] = useState<string>()
  function ask(): void {
    setOutcome(undefined)
    setFailure(undefined)
    explain(connection, requestId.trim()).then(setOutcome, (error: unknown) =>
      setFailure(textOf(error)),
    )
  }
  return (
    <section aria-labelledby="explain">
      <h2 id="explain">Why was this refused?</h2>
      {since !== undefined && (
        <p class="hint">What has been refused is remembered since {timeText(since)}.</p>
      )}
      <form
        class="read"
        onSubmit={(event) => {
          event.preventDefault()
          ask()
        }}
      >
        <TextField
          label="Request id"
          hint="That of its error, which every SDK has: x-amzn-requestid."
          required
          value={requestId}
          onText={setRequestId}
        />
        <div class="actions">
          <button type="submit">Explain</button>
        </div>
      </form>
      <Failure text={failure} />
      {outcome !== undefined && <OutcomeView outcome={outcome} />}
    </section>
  )
}
