import { useEffect, useRef, useState } from 'preact/hooks'
import { useDraft } from '../parts/draft.ts'
import { notify, notifyError, textOf } from '../parts/notices.tsx'
import { attempt, check, isPassed, prepare, type Outcome, type Workplace } from './attempt.ts'
import { watchNamespace } from './explanation.ts'
import { OwnTerminal } from './ownTerminal.tsx'
import { ProgramEditor } from './programEditor.tsx'
import { Prose } from './prose.tsx'
import { Refusals } from './refusals.tsx'
import { StepOutcome } from './stepOutcome.tsx'

interface StepViewProps {
  readonly place: Workplace
  /** What was written before. */
  readonly code: string | undefined
  readonly onCode: (text: string) => void
  readonly onDone: () => void
}

/** A step: what it is about, a place to write and run a program, and what came of it. */
export function StepView({ place, code, onCode, onDone }: StepViewProps) {
  const { about, course, step } = place
  const [pasted, setPasted] = useDraft(`course.${course.name}.${step.id}`, '')
  const work = useWork(place, onDone)
  const text = code ?? step.code
  const run = (): void => work.run(text)
  return (
    <article class="step" aria-label={step.title}>
      <h2>{step.title}</h2>
      <Prose text={step.text} />
      {step.rival !== undefined && about.lab !== 'open' && <LabWanted />}
      {location.hostname.startsWith('[') && <NameWanted />}
      <Disclosed summary="Hint" text={step.hint} />
      <ProgramEditor label="Program" text={text} onText={onCode} onRun={run} />
      <div class="actions">
        <button type="button" class="primary" disabled={work.isBusy} onClick={run}>
          Run
        </button>
        <button type="button" disabled={!work.isBusy} onClick={work.stop}>
          Stop
        </button>
        <button type="button" disabled={text === step.code} onClick={() => onCode(step.code)}>
          Start over
        </button>
      </div>
      <pre class="output" role="log" aria-label="Output" tabIndex={0}>
        {work.lines.join('\n')}
      </pre>
      <StepOutcome outcome={work.outcome} />
      {work.outcome !== undefined && <Refusals refusals={work.outcome.refusals} />}
      <OwnTerminal
        about={about}
        course={course}
        step={step}
        pasted={pasted}
        onPasted={setPasted}
        onPrepare={work.prepare}
        onCheck={() => work.check(pasted)}
        isBusy={work.isBusy}
      />
      <details>
        <summary>A solution</summary>
        <pre tabIndex={0} role="region" aria-label="Solution">
          {step.solution}
        </pre>
      </details>
    </article>
  )
}

function Disclosed({ summary, text }: { readonly summary: string; readonly text: string }) {
  return (
    <details>
      <summary>{summary}</summary>
      <Prose text={text} />
    </details>
  )
}

function LabWanted() {
  return (
    <p role="note" class="note">
      The conflict of this step is made by the lab, which this server does not offer to the page.
      Start the server with <code>--lab</code> and come back: your progress and your programs stay
      in this browser, and the step sets its tables up by itself.
    </p>
  )
}

/** Policies cannot name an address of IPv6, so that programs would reach nothing. */
function NameWanted() {
  return (
    <p role="note" class="note">
      Programs run in pages that were opened by a name or an address of IPv4. Open this one by{' '}
      <code>http://localhost:{location.port}/</code>.
    </p>
  )
}

/** What is under way in a step, one thing at a time. */
function useWork(place: Workplace, onDone: () => void) {
  const [isBusy, setBusy] = useState(false)
  const [lines, setLines] = useState<readonly string[]>([])
  const [outcome, setOutcome] = useState<Outcome>()
  const control = useRef<AbortController>()
  useEffect(() => {
    // From now on it can be told why something was refused, wherever the step is done.
    watchNamespace(place).catch(notifyError)
    return () => control.current?.abort()
  }, [])

  async function perform(work: (signal: AbortSignal) => Promise<Outcome | undefined>) {
    if (control.current !== undefined) return
    const controller = new AbortController()
    control.current = controller
    setBusy(true)
    setOutcome(undefined)
    try {
      const came = await work(controller.signal)
      setOutcome(came)
      if (came !== undefined && isPassed(came)) onDone()
    } catch (error) {
      setOutcome({ verdicts: [], refusals: [], failure: textOf(error) })
      notifyError(error)
    } finally {
      control.current = undefined
      setBusy(false)
    }
  }
  const run = (program: string): void => {
    setLines([])
    const onLine = (line: string): void => setLines((before) => [...before, line])
    void perform((signal) => attempt(place, program, { onLine, signal }))
  }
  return {
    isBusy,
    lines,
    outcome,
    run,
    stop: () => control.current?.abort(),
    prepare: () =>
      void perform(async () => {
        await prepare(place)
        notify({ text: 'The tables are as the step begins.' })
        return undefined
      }),
    check: (pasted: string) =>
      void perform(() => check(place, pasted === '' ? lines : pasted.split('\n'))),
  }
}
