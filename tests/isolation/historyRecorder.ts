import type { History, Operation } from './history.ts'

/**
 * Writes down what all clients of one epoch do. INVARIANT: all clients run in this process and take
 * their positions here, an `invoked` before the first byte is sent and a `completed` after the whole
 * answer is there; so "completed before invoked" means before in real time.
 */
export class HistoryRecorder {
  readonly #seed: number
  readonly #epoch: number
  readonly #operations: Operation[] = []
  #position = 0
  #version = 0
  #token = 0

  constructor(seed: number, epoch: number) {
    this.#seed = seed
    this.#epoch = epoch
  }

  /** The next position in the order of all invocations and completions. */
  position(): number {
    return this.#position++
  }

  /** An id for one version of one item, new in this history. */
  version(): string {
    return (this.#version++).toString(36)
  }

  /** A new ClientRequestToken. The server remembers those of earlier epochs. */
  token(): string {
    return `${this.#epoch}-${this.#token++}`
  }

  record(operation: Omit<Operation, 'id'>): void {
    this.#operations.push({ id: this.#operations.length, ...operation })
  }

  get size(): number {
    return this.#operations.length
  }

  history(): History {
    return { seed: this.#seed, operations: this.#operations }
  }
}
