import type { History, ItemRead, ItemWrite, Operation, Outcome } from '../../isolation/history.ts'
import type { IntendedPart } from '../workload/intent.ts'

/** What became of a part of a request. */
export interface PartOutcome {
  readonly outcome: Outcome
  readonly reads: readonly ItemRead[]
  /** The chains that writes found, where they told. */
  readonly befores: ReadonlyMap<string, readonly string[]>
}

/** An operation of a history that has begun. */
export interface BegunOperation {
  readonly id: number
  readonly client: number
  readonly part: IntendedPart
  readonly invoked: number
}

/** Writes down what clients do and see, in the one order of their invocations and completions. */
export class HistoryRecorder {
  readonly #seed: number
  readonly #open = new Set<BegunOperation>()
  readonly #operations: Operation[] = []
  #position = 0
  #lastId = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  begin(client: number, parts: readonly IntendedPart[]): BegunOperation[] {
    const invoked = this.#tick()
    return parts.map((part) => {
      this.#lastId += 1
      const begun = { id: this.#lastId, client, part, invoked }
      this.#open.add(begun)
      return begun
    })
  }

  /** All parts of one request end at once. */
  end(begun: readonly BegunOperation[], outcomes: readonly PartOutcome[]): void {
    const completed = this.#tick()
    begun.forEach((operation, i) => {
      this.#open.delete(operation)
      this.#operations.push(finished(operation, outcomes[i] as PartOutcome, completed))
    })
  }

  /** Everything so far; what has not ended has an unknown outcome. */
  history(): History {
    const left = [...this.#open].map((begun): Operation => {
      const { id, client, invoked, part } = begun
      const { description, level, writes } = part
      const nothing = { outcome: 'unknown', reads: [] } as const
      return { id, client, description, level, invoked, ...nothing, writes }
    })
    return { seed: this.#seed, operations: [...this.#operations, ...left] }
  }

  #tick(): number {
    this.#position += 1
    return this.#position
  }
}

function finished(begun: BegunOperation, seen: PartOutcome, completed: number): Operation {
  const { id, client, invoked, part } = begun
  const { description, level, levelWhenRefused = level, writes } = part
  const { outcome, reads, befores } = seen
  return {
    id,
    client,
    description,
    level: outcome === 'refused' ? levelWhenRefused : level,
    invoked,
    completed,
    outcome,
    reads,
    writes: writes.map((write) => withBefore(write, befores.get(write.key))),
  }
}

function withBefore(write: ItemWrite, before: readonly string[] | undefined): ItemWrite {
  return before === undefined ? write : { ...write, before }
}
