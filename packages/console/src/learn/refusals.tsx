import type { ToldPosition } from '../database/watch.ts'
import { ConditionTree } from '../explained/conditionTree.tsx'
import type { Explained } from './attempt.ts'

/** Requests that the database refused, and what it saw. */
export function Refusals({ refusals }: { readonly refusals: readonly Explained[] }) {
  if (refusals.length === 0) return null
  return (
    <section aria-label="What the database saw" class="refusals">
      <h3>What the database saw</h3>
      {refusals.map(({ operation, error, message, explanation }, i) => (
        <div key={i}>
          <p>
            <b>{operation}</b> was refused with <code>{error}</code>
            {message !== '' && `: ${message}`}
          </p>
          {explanation !== undefined && (
            <ul>
              {explanation.positions.map((position) => (
                <PositionLine key={position.position} position={position} />
              ))}
            </ul>
          )}
        </div>
      ))}
    </section>
  )
}

function PositionLine({ position: at }: { readonly position: ToldPosition }) {
  const { position, action, table, key, code, itemExists, condition, conflict } = at
  const what = [action, table, key && JSON.stringify(key)].filter((each) => each !== undefined)
  return (
    <li>
      [{position}] <b>{code}</b> {what.join(' ')}
      {itemExists === false && ', where there is no such item'}
      {conflict !== undefined && (
        <p>
          The item is held by {conflict.operation}, {conflict.doing}.
        </p>
      )}
      {condition !== undefined && <ConditionTree condition={condition} />}
    </li>
  )
}
