import { useMemo } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { useDraft } from '../parts/draft.ts'
import { countText } from '../values/figures.ts'
import { useHistory, type PastStatement } from './history.ts'
import { knownNames } from './knownNames.ts'
import { partiql } from './partiqlLanguage.ts'
import { ResultRows } from './resultRows.tsx'
import type { StatementDraft } from './runStatements.ts'
import { StatementForm } from './statementForm.tsx'
import { useStatements, type Run } from './useStatements.ts'
import { Failure } from '../parts/failure.tsx'

const empty: StatementDraft = {
  way: 'one',
  text: '',
  parameters: '',
  isConsistent: false,
  limit: '',
}

/** Statements of PartiQL: written with completion, run, gone through, and found again. */
export function StatementsPage({ connection }: { readonly connection: Connection }) {
  const [draft, keep] = useDraft<StatementDraft>('statement', empty)
  const history = useHistory()
  const { run, isBusy, stop, begin, toPrevious, toNext } = useStatements(connection, history.add)
  const language = useMemo(() => partiql(knownNames(connection)), [connection])
  return (
    <div class="page">
      <h1>PartiQL</h1>
      <StatementForm
        draft={draft}
        language={language}
        isBusy={isBusy}
        onChange={keep}
        onRun={() => begin(draft)}
        onCancel={stop}
      />
      {run !== undefined && (
        <Came run={run} isBusy={isBusy} toPrevious={toPrevious} toNext={toNext} />
      )}
      <History past={history.past} onChoose={keep} onClear={history.clear} />
    </div>
  )
}

interface CameProps {
  readonly run: Run
  readonly isBusy: boolean
  readonly toPrevious: (() => void) | undefined
  readonly toNext: (() => void) | undefined
}

/** What came of a run. */
function Came({ run, isBusy, toPrevious, toNext }: CameProps) {
  const { page, failure, reasons } = run
  return (
    <section class="read" aria-label="What came of it">
      <Failure text={failure} />
      <Outcomes label="Reasons" outcomes={reasons} />
      {page !== undefined && (
        <>
          <div class="actions">
            <p role="status">{summaryOf(run)}</p>
            <button
              type="button"
              disabled={toPrevious === undefined || isBusy}
              onClick={toPrevious}
            >
              Previous page
            </button>
            <button type="button" disabled={toNext === undefined || isBusy} onClick={toNext}>
              Next page
            </button>
          </div>
          <Outcomes label="Outcomes" outcomes={page.outcomes} />
          <ResultRows items={page.items} />
        </>
      )}
    </section>
  )
}

const summaryOf = ({ page, starts, tookMs }: Run): string =>
  `Page ${starts.length}: ${countText(page?.items.length ?? 0)} items, ` +
  `${page?.capacityUnits ?? 0} capacity units, ${Math.round(tookMs)} ms.`

function Outcomes(props: { readonly label: string; readonly outcomes: readonly string[] }) {
  const { label, outcomes } = props
  if (outcomes.length === 0) return null
  return (
    <ol aria-label={label}>
      {outcomes.map((text, i) => (
        <li key={i}>{text}</li>
      ))}
    </ol>
  )
}

interface HistoryProps {
  readonly past: readonly PastStatement[]
  readonly onChoose: (draft: StatementDraft) => void
  readonly onClear: () => void
}

function History({ past, onChoose, onClear }: HistoryProps) {
  return (
    <section>
      <div class="page-head">
        <h2>History of this tab</h2>
        {past.length > 0 && (
          <button type="button" onClick={onClear}>
            Clear history
          </button>
        )}
      </div>
      {past.length === 0 && <p>Nothing has been run yet.</p>}
      <ol class="past" aria-label="History">
        {past.map(({ draft, at, outcome }) => (
          <li key={at + draft.text}>
            <button type="button" class="quiet" onClick={() => onChoose(draft)}>
              <code>{draft.text}</code>
            </button>
            <span class="hint">
              {new Date(at).toLocaleTimeString()} · {outcome}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
