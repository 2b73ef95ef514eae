import { clientRequestTokenLifetimeMs } from '../../../packages/server/src/limits.ts'
import type { TransactWriteItems } from '../../model/transactions.ts'
import type { SingleWrite } from '../../model/writes.ts'
import type { ModelTables } from './modelTables.ts'

/**
 * When tokens were bound, as far as it can be told from outside: a token of which the store cannot
 * have decided otherwise must be replayed, and must not be replayed once its time is over.
 */
export class TokenLedger {
  readonly #models: ModelTables
  readonly #nowMs: () => number
  readonly #count: (kind: string) => void
  /** A token was bound somewhere between these times. */
  readonly #bound = new Map<string, { readonly fromMs: number; readonly toMs: number }>()
  /** Tokens of which nobody can tell whether they are bound. */
  readonly #uncertain = new Set<string>()

  constructor(models: ModelTables, nowMs: () => number, count: (kind: string) => void) {
    this.#models = models
    this.#nowMs = nowMs
    this.#count = count
  }

  /** The transaction took effect; it began at `fromMs`. */
  bind(operation: SingleWrite | TransactWriteItems, fromMs: number): void {
    if (operation.kind !== 'TransactWriteItems' || operation.token === undefined) return
    this.#uncertain.delete(operation.token)
    this.#bound.set(operation.token, { fromMs, toMs: this.#nowMs() })
  }

  /** A transaction that leaves no trace but its token died with its server. */
  doubt({ token }: TransactWriteItems): void {
    if (token !== undefined && !this.#isSpent(token)) this.#uncertain.add(token)
  }

  #isSpent(token: string): boolean {
    return this.#models.tokens.some((each) => each.token === token)
  }

  isUncertain({ token }: TransactWriteItems, beganMs: number): boolean {
    if (token === undefined) return false
    this.#expire(token, beganMs, false)
    return this.#uncertain.has(token)
  }

  /** Whether nobody knows what a replay of this token is of. */
  isUnexplained({ token }: TransactWriteItems): boolean {
    return token !== undefined && this.#uncertain.has(token)
  }

  /** What is wrong with carrying out, or replaying, a transaction that began at `beganMs`. */
  judge({ token }: TransactWriteItems, beganMs: number, isReplay: boolean): string | undefined {
    if (token === undefined) return undefined
    this.#expire(token, beganMs, isReplay)
    const isSpent = this.#isSpent(token)
    if (isReplay && !isSpent) return 'was taken for a replay of what has not been done'
    if (!isReplay && isSpent) return 'was carried out a second time'
    return undefined
  }

  /** Drops a token whose time is over; where that cannot be told, the server's word counts. */
  #expire(token: string, beganMs: number, isReplay: boolean): void {
    const bound = this.#bound.get(token)
    if (bound === undefined) return
    const isOver = beganMs >= bound.toMs + clientRequestTokenLifetimeMs
    const mayBeOver = this.#nowMs() >= bound.fromMs + clientRequestTokenLifetimeMs
    if (!isOver && (!mayBeOver || isReplay)) return
    this.#models.tokens = this.#models.tokens.filter((each) => each.token !== token)
    this.#bound.delete(token)
    this.#count('token: ended')
  }
}
