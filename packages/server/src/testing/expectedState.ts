/** Texts are Latin-1. */
export type State = ReadonlyMap<string, string>

/** One commit, as it was asked for. Undefined stands for no value. */
export interface AskedCommit {
  readonly expectations: readonly (readonly [key: string, value: string | undefined])[]
  readonly writes: readonly (readonly [key: string, value: string | undefined])[]
}

export function afterCommit(state: State, { writes }: AskedCommit): State {
  const after = new Map(state)
  for (const [key, value] of writes) {
    if (value === undefined) after.delete(key)
    else after.set(key, value)
  }
  return after
}

export function isSameState(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
}

const meetsExpectations = (state: State, { expectations }: AskedCommit): boolean =>
  expectations.every(([key, value]) => state.get(key) === value)

/** For a failure's message: values may be long, and their beginnings are different. */
export const shortText = (state: State): string =>
  [...state]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}=${value.slice(0, 8)}(${value.length})`)
    .join(' ')

/**
 * What an engine must show, from what it answered. Commits have the order in which they were handed
 * over, and so have their answers.
 */
export class ExpectedState {
  #acknowledged: State = new Map()
  #waiting: AskedCommit[] = []
  /** A commit that broke the engine: the next opening decides about it. */
  #doubtful: AskedCommit | undefined

  get acknowledged(): State {
    return this.#acknowledged
  }

  get waiting(): number {
    return this.#waiting.length
  }

  ask(commit: AskedCommit): void {
    this.#waiting.push(commit)
  }

  acknowledge(commit: AskedCommit): void {
    this.#answer(commit)
    if (!meetsExpectations(this.#acknowledged, commit)) {
      throw new Error('a commit was acknowledged whose expectations do not hold')
    }
    this.#acknowledged = afterCommit(this.#acknowledged, commit)
  }

  /** Nothing of it may show. */
  refuse(commit: AskedCommit, because: { conflict: boolean; broken: boolean }): void {
    this.#answer(commit)
    if (because.conflict && meetsExpectations(this.#acknowledged, commit)) {
      throw new Error('a commit met a conflict that there is not')
    }
    if (because.broken) this.#doubtful ??= commit
  }

  /** A commit may show an instant before its answer has arrived. */
  requireVisible(found: State): void {
    this.#requireOneOf(found, this.#stateWith(this.#waiting[0]))
  }

  /**
   * After a crash the one commit that was being written may be there; from then on it is there for
   * good, or never.
   */
  settle(found: State): void {
    this.#requireOneOf(found, this.#stateWith(this.#doubtful ?? this.#waiting[0]))
    this.#acknowledged = found
    this.#waiting = []
    this.#doubtful = undefined
  }

  #stateWith(commit: AskedCommit | undefined): State {
    if (commit === undefined || !meetsExpectations(this.#acknowledged, commit)) {
      return this.#acknowledged
    }
    return afterCommit(this.#acknowledged, commit)
  }

  #requireOneOf(found: State, withNext: State): void {
    if (isSameState(found, this.#acknowledged) || isSameState(found, withNext)) return
    throw new Error(
      `found        ${shortText(found)}\n` +
        `acknowledged ${shortText(this.#acknowledged)}\n` +
        `and the next ${shortText(withNext)}`,
    )
  }

  #answer(commit: AskedCommit): void {
    if (this.#waiting.shift() !== commit) throw new Error('commits are answered out of order')
  }
}
