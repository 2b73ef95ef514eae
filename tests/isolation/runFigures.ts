import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { Outcome } from './history.ts'
import type { Failure } from './outcomeOfError.ts'

/** What is counted in a run: how much was done, and whether the clients really met. */
export class RunFigures {
  operations = 0
  /** Requests sent, those that were sent again included. */
  requests = 0
  /** Successful transactions that were sent once more. */
  replays = 0
  kills = 0
  epochs = 0
  /** Time that clients were at work, without checks and final reads. */
  workMs = 0
  checkMs = 0
  readonly outcomes: Record<Outcome, number> = { ok: 0, refused: 0, unknown: 0 }
  /** By the name or code of the error; `TransactionCanceledException` also by the codes of its reasons. */
  readonly errors: Map<string, number> = new Map()

  addOperation(answer: { readonly outcome: 'ok' } | Failure): void {
    this.operations += 1
    this.outcomes[answer.outcome === 'inProgress' ? 'unknown' : answer.outcome] += 1
    if (answer.outcome === 'ok') return
    this.#count(answer.name)
    if (!(answer.error instanceof TransactionCanceledException)) return
    const codes = new Set(answer.error.CancellationReasons?.map(({ Code }) => Code ?? 'None'))
    codes.delete('None')
    for (const code of codes) this.#count(`${answer.name}: ${code}`)
  }

  #count(name: string): void {
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1)
  }

  get operationsPerSecond(): number {
    return Math.round((this.operations * 1000) / Math.max(1, this.workMs))
  }

  countOf(name: string): number {
    return this.errors.get(name) ?? 0
  }

  /** The lines that a run ends with. */
  summary(): string {
    const { ok, refused, unknown } = this.outcomes
    const errors = [...this.errors].sort(([a], [b]) => (a < b ? -1 : 1))
    return [
      `${this.operations} operations (${ok} ok, ${refused} refused, ${unknown} unknown), ` +
        `${this.requests} requests, ${this.replays} replays, ${this.kills} kills, ` +
        `${this.epochs} epochs, ${this.operationsPerSecond} operations/s, ` +
        `checked in ${(this.checkMs / 1000).toFixed(1)} s`,
      ...errors.map(([name, count]) => `  ${name}: ${count}`),
    ].join('\n')
  }
}
