import type { ToldCondition } from '../database/watch.ts'

/** A condition with all that is inside it, what each part came to, and the values that it saw. */
export function ConditionTree({ condition }: { readonly condition: ToldCondition }) {
  return (
    <ul class="condition" aria-label="The condition and its parts">
      <ConditionNode condition={condition} />
    </ul>
  )
}

function ConditionNode({ condition }: { readonly condition: ToldCondition }) {
  const { text, result, decisive, operands = [], parts = [] } = condition
  const seen = operands.filter((operand) => JSON.stringify(operand.value) !== operand.text)
  return (
    <li class={decisive ? 'decisive' : undefined}>
      <span class={result ? 'holds' : 'fails'}>{result ? '✓' : '✗'}</span> <code>{text}</code>{' '}
      {result ? 'is true' : 'is false'}
      {seen.length > 0 && <span>{`, where ${seen.map(seenText).join(' and ')}`}</span>}
      {parts.length > 0 && (
        <ul>
          {parts.map((part, i) => (
            <ConditionNode key={i} condition={part} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** An attribute that was missing has no value, and neither has one that may not be seen. */
const seenText = ({ text, value }: NonNullable<ToldCondition['operands']>[number]): string =>
  value === undefined ? `${text} has no value to show` : `${text} is ${JSON.stringify(value)}`
