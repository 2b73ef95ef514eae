import { isPassed, type Outcome } from './attempt.ts'

/** Whether a step is done, check by check; screen readers read it when it comes. */
export function StepOutcome({ outcome }: { readonly outcome: Outcome | undefined }) {
  return (
    <div role="status" aria-label="Result">
      {outcome?.failure !== undefined && <p class="failure">{outcome.failure}</p>}
      {outcome !== undefined && outcome.verdicts.length > 0 && (
        <>
          <p class={isPassed(outcome) ? 'passed' : 'failure'}>
            {isPassed(outcome) ? 'The step is done.' : 'Not yet.'}
          </p>
          <ul class="verdicts">
            {outcome.verdicts.map(({ says, isPassed: holds, found }, i) => (
              <li key={i} class={holds ? 'passed' : 'failure'}>
                {holds ? '✓ ' : '✗ '}
                {says}
                {found !== undefined && <span class="found"> {found}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
