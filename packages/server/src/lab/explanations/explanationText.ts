import {
  decisiveParts,
  type ExplainedCondition,
  type ExplainedOperand,
} from '../../expressions/explainCondition.ts'
import type { ExplainedHolder, ExplainedPosition, Explanation } from './explanation.ts'

/** An explanation as sentences for a person, a line each. */
export function explanationText(explanation: Explanation): string {
  const { operation, requestId, at, error, message, fault, positions, inProgress } = explanation
  const what = error === undefined ? 'answered, with entries refused' : `refused with ${error}`
  const lines = [`${operation} ${requestId} was ${what} at ${at}.`]
  if (message !== undefined && message !== '') lines.push(`  ${message}`)
  if (fault !== undefined) lines.push(`  Rule ${fault} of the lab asked for it.`)
  if (inProgress !== undefined) lines.push(...holderLines('Its token is that of', inProgress))
  const isAlone = positions.length === 1
  for (const position of positions) lines.push(...positionLines(position, isAlone))
  return `${lines.join('\n')}\n`
}

/** The same in one line, for a log. */
export const explanationLine = (explanation: Explanation): string =>
  explanationText(explanation).trimEnd().replaceAll(/\n\s*/g, ' | ')

function positionLines(told: ExplainedPosition, isAlone: boolean): string[] {
  const { position, action, table, key, code, message, itemExists, condition, conflict } = told
  const named = table === undefined ? '' : ` ${table} ${JSON.stringify(key)}`
  const item = action === undefined ? named : ` ${action}${named}`
  const text = message === undefined || message === '' ? '' : `: ${message}`
  const lines = [isAlone ? `  ${code},${item}${text}` : `  [${position}] ${code},${item}${text}`]
  if (itemExists === false) lines.push('    There is no such item.')
  if (condition !== undefined) {
    lines.push(`    ${condition.text} is ${String(condition.result)}:`)
    for (const part of decisiveParts(condition)) lines.push(`      ${partText(part)}`)
  }
  if (conflict !== undefined) lines.push(...holderLines('The item is held by', conflict))
  else if (code === 'TransactionConflict') lines.push('    Nobody here is known to hold the item.')
  return lines
}

function partText({ text, result, operands = [] }: ExplainedCondition): string {
  const values = operands.filter(({ text: name }) => !name.startsWith('{')).map(operandText)
  const where = values.length === 0 ? '' : `, where ${values.join(', ')}`
  return `${text} is ${String(result)}${where}`
}

const operandText = ({ text, value }: ExplainedOperand): string =>
  value === undefined ? `${text} is missing` : `${text} is ${JSON.stringify(value)}`

function holderLines(beginning: string, holder: ExplainedHolder): string[] {
  const { requestId, operation, caller, since, forMs, doing, actions } = holder
  const who = requestId === undefined ? operation : `${operation} ${requestId}`
  const by = caller === undefined ? '' : ` by ${caller}`
  const does = actions.map(
    ({ action, table, key }) => `      ${action} ${table} ${JSON.stringify(key)}`,
  )
  return [`    ${beginning} ${who}${by} since ${since} (${forMs} ms), ${doing}:`, ...does]
}
