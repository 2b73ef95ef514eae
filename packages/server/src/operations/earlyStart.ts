import { ApiError } from '../errors/apiError.ts'
import { isTransactionConflict } from '../errors/batchErrors.ts'
import { isCancelledByConflict } from '../errors/transactionErrors.ts'
import type { Answer, Operation } from './operation.ts'

/**
 * How a request of several servers may begin before it is known whether its server knows all tables
 * as they are, so that it takes no time of its own to find out.
 * - `read`: it changes nothing, and is made once more when a table may have been another one.
 * - `write`: all that it changes is one commit, which relies on its tables. So what has succeeded
 *   has met them as they are, and what was refused has changed nothing and is made once more.
 */
export type EarlyStart = 'read' | 'write'

interface StatementRequest {
  readonly Statement?: string
  readonly TransactStatements?: readonly StatementRequest[]
}

/** Undefined for an operation that has to know the tables first. */
export function earlyStartOf(
  { name, access }: Pick<Operation<never>, 'name' | 'access'>,
  request: StatementRequest,
): EarlyStart | undefined {
  if (access === 'read') return 'read'
  switch (name) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
    case 'TransactWriteItems':
      return 'write'
    case 'ExecuteStatement':
      return startOfStatement(request)
    // One that reads and writes is refused.
    case 'ExecuteTransaction':
      return startOfStatement(request.TransactStatements?.[0])
    default:
      return undefined
  }
}

const startOfStatement = ({ Statement = '' }: StatementRequest = {}): EarlyStart =>
  /^\s*select\b/i.test(Statement) ? 'read' : 'write'

/** The outcome of `handle`, which is called at once, and once more when `known` comes to false. */
export async function startedEarly(
  start: EarlyStart,
  known: Promise<boolean>,
  handle: () => Answer | Promise<Answer>,
): Promise<Answer> {
  const first = outcomeOf(handle)
  if (await known) return answerOf(await first)
  if (start === 'read') return handle()
  const outcome = await first
  return 'error' in outcome && mayBeOfTables(outcome.error) ? handle() : answerOf(outcome)
}

/** Whether a write may have been refused for what its tables were, and not for who was there. */
const mayBeOfTables = (error: unknown): boolean =>
  error instanceof ApiError && !isTransactionConflict(error) && !isCancelledByConflict(error)

type Outcome = { readonly answer: Answer } | { readonly error: unknown }

async function outcomeOf(handle: () => Answer | Promise<Answer>): Promise<Outcome> {
  try {
    return { answer: await handle() }
  } catch (error) {
    return { error }
  }
}

function answerOf(outcome: Outcome): Answer {
  if ('error' in outcome) throw outcome.error
  return outcome.answer
}
