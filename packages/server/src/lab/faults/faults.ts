import { controlConflict, controlNotFound, invalidControl } from '../../errors/controlErrors.ts'
import { maxFaultRules } from '../../limits.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import type { RequestedKey } from '../../operations/requestedKeys.ts'
import { hasError, modelledError } from '../knownOperations.ts'
import { checkMatch, matchedKeys, type CheckedMatch } from '../matchRequest.ts'
import { seededChance } from '../seededChance.ts'
import { commonErrors } from '../../errors/faultErrors.ts'
import type { Fault, FaultRule } from './faultRule.ts'

/** A rule that acts on a request. */
export interface ActingFault {
  readonly id: string
  readonly rule: FaultRule
  /** The keys of the request that it is about; none for a rule without a key. */
  readonly keys: readonly RequestedKey[]
}

interface RuleInForce {
  readonly id: string
  readonly rule: FaultRule
  readonly match: CheckedMatch
  readonly chance: () => number
  skipped: number
  done: number
}

/** The rules that are in force, in the order in which they were given. */
export class Faults {
  readonly #rules = new Map<string, RuleInForce>()
  #last = 0

  /** Throws ControlError for a rule that could never act, or contradicts itself. */
  add(rule: FaultRule): Fault {
    checkRule(rule)
    if (this.#rules.size >= maxFaultRules) {
      throw controlConflict(`There are ${maxFaultRules} rules already.`)
    }
    this.#last += 1
    const id = String(this.#last)
    const match = checkMatch(rule)
    const chance = seededChance(rule.seed ?? 1)
    const inForce = { id, rule, match, chance, skipped: 0, done: 0 }
    this.#rules.set(id, inForce)
    return shown(inForce)
  }

  list(): readonly Fault[] {
    return [...this.#rules.values()].map(shown)
  }

  find(id: string): Fault {
    const rule = this.#rules.get(id)
    if (rule === undefined) throw controlNotFound(`fault ${id}`)
    return shown(rule)
  }

  remove(id: string): void {
    if (!this.#rules.delete(id)) throw controlNotFound(`fault ${id}`)
  }

  clear(): void {
    this.#rules.clear()
  }

  /**
   * What is done to a request: all rules that only delay it, and the first that does anything else.
   */
  actingOn(asked: PermittedRequest): readonly ActingFault[] {
    if (this.#rules.size === 0) return []
    const acting: ActingFault[] = []
    let isDecided = false
    for (const inForce of this.#rules.values()) {
      const { rule } = inForce
      if (isDecided && !isDelayAlone(rule)) continue
      const keys = this.#acts(inForce, asked)
      if (keys === undefined) continue
      acting.push({ id: inForce.id, rule, keys })
      isDecided ||= !isDelayAlone(rule)
    }
    return acting
  }

  #acts(inForce: RuleInForce, asked: PermittedRequest): readonly RequestedKey[] | undefined {
    const { rule, match } = inForce
    if (rule.next !== undefined && inForce.done >= rule.next) return undefined
    const keys = matchedKeys(match, asked)
    if (keys === undefined || !fits(rule, asked)) return undefined
    if (inForce.skipped < (rule.skip ?? 0)) {
      inForce.skipped += 1
      return undefined
    }
    if (rule.probability !== undefined && inForce.chance() >= rule.probability) return undefined
    inForce.done += 1
    return keys
  }
}

const shown = ({ id, rule, done }: RuleInForce): Fault => ({ id, rule, done })

const isDelayAlone = ({ error, connection, unprocessed }: FaultRule): boolean =>
  error === undefined && connection === undefined && unprocessed === undefined

const batches = ['BatchGetItem', 'BatchWriteItem', 'BatchExecuteStatement']

/** Whether the operation can have what the rule does. */
function fits(
  { error, unprocessed }: FaultRule,
  { operation, request }: PermittedRequest,
): boolean {
  if (unprocessed !== undefined) return batches.includes(operation.name)
  if (error === undefined) return true
  if (!hasError(operation.name, error.name)) return false
  const { positions } = error
  return positions === undefined || positions.every((each) => each < actionCount(request))
}

/** How many actions the transaction has that a request is. */
export function actionCount(request: PermittedRequest['request']): number {
  const { TransactItems, TransactStatements } = request as {
    readonly TransactItems?: readonly unknown[]
    readonly TransactStatements?: readonly unknown[]
  }
  return (TransactItems ?? TransactStatements ?? []).length
}

function checkRule(rule: FaultRule): void {
  const { error, connection, unprocessed, delayMs, operations = [], when } = rule
  const effects = [error, connection, unprocessed].filter((each) => each !== undefined)
  if (effects.length > 1) {
    throw invalidControl('A rule has one of error, connection and unprocessed.')
  }
  if (effects.length === 0 && delayMs === undefined) {
    throw invalidControl('A rule has one of error, connection, unprocessed and delayMs.')
  }
  if (connection === 'cut' && when === 'before') {
    throw invalidControl('An answer is cut after there is one.')
  }
  if (unprocessed !== undefined) {
    if (when === 'after')
      throw invalidControl('Entries come back unprocessed before anything is done.')
    const other = operations.find((name) => !batches.includes(name))
    if (other !== undefined) throw invalidControl(`${other} has no entries to come back.`)
  }
  if (error !== undefined) checkError(error, operations)
}

const canceled = 'TransactionCanceledException'
const throttles = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]

function checkError(
  { name, code, positions, reasons, index }: NonNullable<FaultRule['error']>,
  operations: readonly string[],
): void {
  if (modelledError(name) === undefined && !commonErrors.includes(name)) {
    throw invalidControl(`There is no error ${name}.`)
  }
  const other = operations.find((operation) => !hasError(operation, name))
  if (other !== undefined) throw invalidControl(`${other} has no ${name}.`)
  if ((code ?? positions) !== undefined && name !== canceled) {
    throw invalidControl(`code and positions are of ${canceled}.`)
  }
  if ((reasons ?? index) !== undefined && !throttles.includes(name) && name !== canceled) {
    throw invalidControl(`reasons and index are of ${throttles.join(', ')}.`)
  }
}
