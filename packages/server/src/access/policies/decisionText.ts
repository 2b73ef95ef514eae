import type { Decision } from './decide.ts'
import type { Statement } from './policyDocument.ts'
import { kindText } from './refusal.ts'

/** Such as `statement 2 (ReadOrders)`. */
export function statementName({ number, sid }: Statement): string {
  return `statement ${number}${sid === undefined || sid === '' ? '' : ` (${sid})`}`
}

/** What a decision follows from: a statement and whose it is, or policies that say nothing. */
export function decisionText(decision: Decision): string {
  if (!decision.allowed && decision.reason === 'implicitDeny') {
    return `no ${kindText(decision.kind)} allows it`
  }
  const { kind, policy, statement } = decision.by
  return `${kindText(kind)} ${policy.name}, ${statementName(statement.statement)}`
}
