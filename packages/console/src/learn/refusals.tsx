import type { ExplainedCondition, ExplainedPosition } from './explanation.ts'
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

function PositionLine({ position: at }: { readonly position: ExplainedPosition }) {
  const { position, action, table, key, code, itemExists, condition, conflict } = at
  const what = [action, table, key && JSON.stringify(key)].filter((each) => each !== undefined)
  return (
    <li>
      [{position}] <b>{code}</b> {what.join(' ')}
      {itemExists === false && ', where there is no such item'}
      {conflict !== undefined && (
        <p>
          The item is held by {conflict.operation}
          {conflict.doing !== undefined && `, ${conflict.doing}`}.
        </p>
      )}
      {condition !== undefined && (
        <ul>
          <ConditionLine condition={condition} />
        </ul>
      )}
    </li>
  )
}

function ConditionLine({ condition }: { readonly condition: ExplainedCondition }) {
  const { text, result, operands = [], parts = [] } = condition
  const values = operands
    .filter((operand) => operand.text !== JSON.stringify(operand.value))
    .map(({ text: name, value }) => `${name} is ${value ? JSON.stringify(value) : 'absent'}`)
  return (
    <li>
      <code>{text}</code> is {String(result)}
      {values.length > 0 && `, where ${values.join(' and ')}`}
      {parts.length > 0 && (
        <ul>
          {parts.map((part, i) => (
            <ConditionLine key={i} condition={part} />
          ))}
        </ul>
      )}
    </li>
  )
}
