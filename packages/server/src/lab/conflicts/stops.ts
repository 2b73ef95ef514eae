import { controlConflict, controlNotFound } from '../../errors/controlErrors.ts'
import { maxLabHolds } from '../../limits.ts'
import type { PointName } from '../../transactions/points.ts'
import { checkMatch, matchedKeys, type CheckedMatch } from '../matchRequest.ts'
import type { Pauses } from '../pauses.ts'
import { shownAction } from '../watch/shownAction.ts'
import type { TrackedRequest } from '../watch/trackedRequest.ts'
import type { Stop, StoppedTransaction, StopRule } from './stop.ts'

interface Stopped {
  readonly request: TrackedRequest
  readonly since: string
  readonly goOn: () => void
}

interface RuleInForce {
  readonly id: string
  readonly rule: StopRule
  readonly match: CheckedMatch
  readonly stopped: Set<Stopped>
  /** How many transactions it has stopped. */
  done: number
  /** Called when it has stopped one. */
  readonly told: Set<() => void>
}

/** Rules by which transactions stop on their way, and those that have. */
export class Stops {
  readonly #rules = new Map<string, RuleInForce>()
  readonly #nowMs: () => number
  #last = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Throws ControlError. */
  add(rule: StopRule): Stop {
    const match = checkMatch(rule)
    if (this.#rules.size >= maxLabHolds) throw controlConflict(`There are ${maxLabHolds} already.`)
    this.#last += 1
    const id = String(this.#last)
    const inForce = {
      id,
      rule,
      match,
      stopped: new Set<Stopped>(),
      done: 0,
      told: new Set<() => void>(),
    }
    this.#rules.set(id, inForce)
    return shown(inForce)
  }

  list(): readonly Stop[] {
    return [...this.#rules.values()].map(shown)
  }

  /** The rule once it holds up as many transactions. Throws ControlError when that takes longer. */
  async find(id: string, { waitMs, count }: Wanted, pauses: Pauses): Promise<Stop> {
    const rule = this.#ruleOf(id)
    const time = { isUp: waitMs === 0 }
    const timer = pauses.start(waitMs, () => {
      time.isUp = true
      tell(rule)
    })
    while (!time.isUp && rule.stopped.size < count && this.#rules.has(id)) {
      await new Promise<void>((resolve) => rule.told.add(resolve))
    }
    timer.cancel()
    if (waitMs > 0 && rule.stopped.size < count) {
      throw controlConflict(`Not so many transactions have come to stop ${id} in ${waitMs} ms.`)
    }
    return shown(rule)
  }

  /** Lets go all transactions that a rule holds up, and removes it. */
  remove(id: string): void {
    const rule = this.#ruleOf(id)
    this.#rules.delete(id)
    letGo(rule)
  }

  clear(): void {
    const rules = [...this.#rules.values()]
    this.#rules.clear()
    for (const rule of rules) letGo(rule)
  }

  /** A promise that a transaction waits for that is to stop at a point. */
  at(request: TrackedRequest, point: PointName): Promise<void> | undefined {
    if (this.#rules.size === 0) return undefined
    const { asked } = request
    if (asked === undefined) return undefined
    for (const inForce of this.#rules.values()) {
      const { rule, match, stopped, done } = inForce
      if ((rule.at ?? 'judged') !== point || done >= (rule.next ?? 1)) continue
      if (matchedKeys(match, asked) === undefined) continue
      inForce.done += 1
      return new Promise((resolve) => {
        const entry: Stopped = {
          request,
          since: new Date(this.#nowMs()).toISOString(),
          goOn() {
            stopped.delete(entry)
            resolve()
          },
        }
        stopped.add(entry)
        tell(inForce)
      })
    }
    return undefined
  }

  #ruleOf(id: string): RuleInForce {
    const rule = this.#rules.get(id)
    if (rule === undefined) throw controlNotFound(`stop ${id}`)
    return rule
  }
}

/** How many transactions are waited for, and for how long. */
interface Wanted {
  readonly waitMs: number
  readonly count: number
}

function letGo(rule: RuleInForce): void {
  for (const { goOn } of rule.stopped) goOn()
  tell(rule)
}

function tell({ told }: RuleInForce): void {
  const waiting = [...told]
  told.clear()
  for (const each of waiting) each()
}

const shown = ({ id, rule, stopped }: RuleInForce): Stop => ({
  id,
  rule,
  stopped: [...stopped].map(shownTransaction),
})

function shownTransaction({ request, since }: Stopped): StoppedTransaction {
  const { asked, operation, actions } = request
  return {
    requestId: asked?.context.requestId ?? '',
    operation,
    since,
    actions: actions.flatMap((action, i) => shownAction(action, asked, i) ?? []),
  }
}
