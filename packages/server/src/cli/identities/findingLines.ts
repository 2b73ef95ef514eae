import type { AccessQuestion } from '../../access/policies/accessQuestion.ts'
import { statementName } from '../../access/policies/decisionText.ts'
import type { StatementFinding } from '../../access/policies/explain.ts'
import type { Condition, Statement } from '../../access/policies/policyDocument.ts'
import { kindText } from '../../access/policies/refusal.ts'

/** A line for one statement: whose it is, its effect, and whether and why not it applies. */
export function findingLine(finding: StatementFinding, question: AccessQuestion): string {
  const { kind, policyName, statement, mismatch } = finding
  const what = `${kindText(kind)} ${policyName}, ${statementName(statement)}: ${statement.effect}`
  if (mismatch === undefined) return `${what} applies`
  return `${what} does not apply: ${reasonOf(mismatch, statement, question)}`
}

function reasonOf(
  mismatch: Exclude<StatementFinding['mismatch'], undefined>,
  statement: Statement,
  question: AccessQuestion,
): string {
  switch (mismatch) {
    case 'principal':
      return `it is not about ${question.caller.arn}`
    case 'action':
      return elementReason('Action', statement.actions.negated, question.action)
    case 'resource':
      return elementReason('Resource', statement.resources.negated, question.resource)
    default:
      return conditionReason(mismatch, question)
  }
}

function elementReason(element: string, negated: boolean, what: string): string {
  return negated ? `Not${element} names ${what}` : `${element} does not name ${what}`
}

function conditionReason({ name, key, values }: Condition, { keys }: AccessQuestion): string {
  const given = keys.valueOf(key.toLowerCase())
  const has = given === undefined ? 'does not have the key' : `has ${JSON.stringify(given)}`
  const wanted = values.length === 1 ? JSON.stringify(values[0]) : JSON.stringify(values)
  return `${name} ${key} ${wanted} does not hold, for the request ${has}`
}
