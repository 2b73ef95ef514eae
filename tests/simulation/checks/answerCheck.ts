import type { Catalog } from '../../../packages/server/src/catalog/catalog.ts'
import { compareAnswers, normalised } from '../../model/answers.ts'
import type { PlainOperation } from '../../model/operations.ts'
import { unreachable } from '../../model/unreachable.ts'
import { isStoreError, type ServerAnswer } from '../world/simulatedServer.ts'
import type { ModelTables } from './modelTables.ts'
import type { ServerCall } from './serverCall.ts'

/** Errors that come from what others do at the same time. */
const fromOthers = [
  'TransactionConflictException',
  'TransactionCanceledException',
  'TransactionInProgressException',
  'IdempotentParameterMismatchException',
  'ItemCollectionSizeLimitExceededException',
]

/** What a change of the schema may meet: others who change it, or an answer that was lost before. */
const fromOthersToo = ['ResourceInUseException', 'ResourceNotFoundException']
const fromOthersInWords = ['Attempting to create an index which already exists']

/** Compares the answers of servers with those of the model. */
export class AnswerCheck {
  readonly #models: ModelTables
  readonly #report: (finding: string) => void
  readonly #count: (kind: string) => void

  constructor(
    models: ModelTables,
    report: (finding: string) => void,
    count: (kind: string) => void,
  ) {
    this.#models = models
    this.#report = report
    this.#count = count
  }

  /** `wasQuiet`: nothing was written from the arrival of the request to its answer. */
  look(call: ServerCall, answer: ServerAnswer, catalog: Catalog, wasQuiet: boolean): void {
    const { operation, description } = call
    if (answer.kind === 'failed') {
      this.#count('answer: failed')
      if (isStoreError(answer.error)) return
      return this.#report(`${description}\n  fails: ${answer.error.stack}`)
    }
    if (answer.kind === 'error') this.#count(`error: ${answer.type}`)
    if (operation === undefined) return this.#lookAtControl(description, answer)
    if (operation.kind === 'Query' || operation.kind === 'Scan') return
    if (call.expected !== undefined) return this.#compare(call, call.expected, answer)
    const names = tablesOf(operation)
    const isStable = names.every((name) => !this.#models.isTemporary(name))
    if (!isStable) return
    if (answer.kind === 'error') {
      if (fromOthers.includes(answer.type)) return
      return this.#report(`${description}\n  is refused: ${JSON.stringify(answer.body)}`)
    }
    if (!wasQuiet || !isRead(operation)) return
    const tables = names.map((name) => this.#models.table(numberOf(catalog, name), name))
    this.#count(`compared: ${operation.kind}`)
    this.#compare(call, this.#models.perform(operation, tables), answer)
  }

  #lookAtControl(description: string, answer: ServerAnswer): void {
    if (answer.kind !== 'error' || fromOthersToo.includes(answer.type)) return
    if (fromOthersInWords.includes(String(answer.body['message']))) return
    this.#report(`${description}\n  is refused: ${JSON.stringify(answer.body)}`)
  }

  #compare(call: ServerCall, expected: object, answer: { readonly body: object }): void {
    this.#count('compared')
    try {
      compareAnswers(call.description, normalised(expected), normalised(answer.body))
    } catch (error) {
      this.#report((error as Error).message)
    }
  }
}

function numberOf(catalog: Catalog, name: string): number {
  const table = catalog.find(name)
  if (table === undefined) throw new Error(`the table ${name} is gone`)
  return table.number
}

const isRead = ({ kind }: PlainOperation): boolean =>
  kind === 'GetItem' || kind === 'BatchGetItem' || kind === 'TransactGetItems'

function tablesOf(operation: PlainOperation): string[] {
  switch (operation.kind) {
    case 'SingleWrite':
      return [operation.action.table]
    case 'GetItem':
    case 'UpdateTimeToLive':
    case 'DescribeTimeToLive':
      return [operation.table]
    case 'TransactWriteItems':
      return distinct(operation.actions)
    case 'TransactGetItems':
      return distinct(operation.gets)
    case 'BatchGetItem':
      return distinct(operation.reads)
    case 'BatchWriteItem':
      return distinct(operation.writes)
    default:
      return unreachable(operation)
  }
}

const distinct = (parts: readonly { readonly table: string }[]): string[] => [
  ...new Set(parts.map(({ table }) => table)),
]
