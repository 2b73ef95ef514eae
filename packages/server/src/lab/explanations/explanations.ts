import { refusalForgotten } from '../../errors/controlErrors.ts'
import { maxExplanationBytes, maxExplanations, maxOneExplanationBytes } from '../../limits.ts'
import type { ExplainedPosition, Explanation } from './explanation.ts'

/** An explanation as it is kept: what it takes, too. */
interface Kept {
  readonly explanation: Explanation
  readonly bytes: number
}

/** Why the last requests that were refused were refused, by their ids. Bounded. */
export class Explanations {
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  /** Takes in an explanation, without what makes it too large; gives it as it is kept. */
  add(given: Explanation): Explanation {
    const explanation = fitting(given)
    const bytes = bytesOf(explanation)
    this.#forget(explanation.requestId)
    this.#kept.set(explanation.requestId, { explanation, bytes })
    this.#bytes += bytes
    while (this.#kept.size > maxExplanations || this.#bytes > maxExplanationBytes) {
      const [oldest] = this.#kept.keys()
      if (oldest === undefined) break
      this.#forget(oldest)
    }
    return explanation
  }

  #forget(requestId: string): void {
    const kept = this.#kept.get(requestId)
    if (kept === undefined) return
    this.#kept.delete(requestId)
    this.#bytes -= kept.bytes
  }

  /** Throws ControlError for a request that was not refused, or is forgotten. */
  find(requestId: string): Explanation {
    const kept = this.#kept.get(requestId)
    if (kept === undefined) throw refusalForgotten(requestId)
    return kept.explanation
  }

  /** From the last on. */
  list(limit: number): readonly Explanation[] {
    const all = [...this.#kept.values()].map(({ explanation }) => explanation)
    return all.reverse().slice(0, limit)
  }

  clear(): void {
    this.#kept.clear()
    this.#bytes = 0
  }
}

const bytesOf = (explanation: Explanation): number => JSON.stringify(explanation).length

/** Longest text of a value in an explanation that is too large with it, in characters. */
const shortText = 200

/** An explanation that is too large is kept with short values, or without conditions. */
function fitting(explanation: Explanation): Explanation {
  if (bytesOf(explanation) <= maxOneExplanationBytes) return explanation
  const short = shortened(explanation) as Explanation
  if (bytesOf(short) <= maxOneExplanationBytes) return short
  return { ...short, positions: short.positions.map(withoutCondition) }
}

function withoutCondition(position: ExplainedPosition): ExplainedPosition {
  const members = Object.entries(position).filter(([name]) => name !== 'condition')
  return Object.fromEntries(members) as unknown as ExplainedPosition
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length <= shortText ? value : `${value.slice(0, shortText)}...`
  }
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shortened(each)]))
}
