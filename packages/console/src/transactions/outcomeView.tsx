import { useLayoutEffect, useRef } from 'preact/hooks'
import { ConditionTree } from '../explained/conditionTree.tsx'
import { HolderView, ItemLink } from './holderView.tsx'
import type { Outcome, PositionOutcome } from './perform.ts'

/** What was done, or would be: the whole, then each position. Takes the focus when it comes. */
export function OutcomeView({ outcome }: { readonly outcome: Outcome }) {
  const { title, isGood, text, positions, inProgress } = outcome
  const heading = useRef<HTMLHeadingElement>(null)
  // As soon as it is drawn: a later effect might find the focus where somebody has put it since.
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true })
    heading.current?.scrollIntoView({ block: 'start' })
  }, [outcome])
  return (
    <section class={`outcome ${isGood ? 'good' : 'bad'}`} aria-labelledby="outcome-title">
      <h2 id="outcome-title" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {text !== undefined && <p class={isGood ? undefined : 'failure'}>{text}</p>}
      {inProgress !== undefined && <HolderView holder={inProgress} />}
      {positions.length > 0 && (
        <ol aria-label="Positions">
          {positions.map((each) => (
            <PositionView key={each.position} outcome={each} />
          ))}
        </ol>
      )}
    </section>
  )
}

function PositionView({ outcome }: { readonly outcome: PositionOutcome }) {
  const { position, action, table, key, code, message, itemExists, condition, conflict } = outcome
  const isGood = code === 'None'
  return (
    <li class={isGood ? 'good' : 'bad'} aria-label={`Position ${position + 1}`}>
      <strong>{isGood ? 'In order' : code}</strong>
      {message !== undefined && <span>: {message}</span>}
      {action !== undefined && table !== undefined && key !== undefined && (
        <p>
          {action} <ItemLink table={table} itemKey={key} />
          {itemExists !== undefined && (
            <span>{itemExists ? ', which is there' : ', which is not there'}</span>
          )}
        </p>
      )}
      {condition !== undefined && <ConditionTree condition={condition} />}
      {conflict !== undefined && (
        <div>
          <p>The item was held by:</p>
          <HolderView holder={conflict} />
        </div>
      )}
      {outcome.item !== undefined && <ItemText text={outcome.item} />}
    </li>
  )
}

function ItemText({ text }: { readonly text: string }) {
  if (text === '') return <p>There is no such item.</p>
  return <pre tabIndex={0}>{text}</pre>
}
