import type { ExplainedCondition } from '../../expressions/explainCondition.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import type { AnyAction } from '../../transactions/writeWatcher.ts'
import type { ExplainedHolder } from '../explanations/explanation.ts'

/** Where a write is on its way. */
export type Stage = 'begun' | 'claimed' | 'judged' | 'submitted' | 'durable' | 'answered'

/** What was found at one action of a request. */
export interface Finding {
  readonly code: 'ConditionalCheckFailed' | 'TransactionConflict'
  readonly itemExists?: boolean
  readonly condition?: ExplainedCondition | undefined
  readonly conflict?: ExplainedHolder | undefined
}

/** What somebody asked of the database, from its beginning to its end. */
export class TrackedRequest {
  /** Undefined for what no request asked for. */
  readonly asked: PermittedRequest | undefined
  /** As in the API, or what it is called otherwise. */
  readonly operation: string
  readonly startMs: number
  /** Where it is; a request of many writes is where the last of them was. */
  stage: Stage = 'begun'
  /** Where it was stopped by the lab. */
  stoppedAt: Stage | undefined = undefined
  /** Its actions, if it has any, in the order of its entries. */
  actions: readonly AnyAction[] = []
  /** The rule that refused it. */
  fault: string | undefined = undefined
  /** By action; absent while nothing was refused. */
  findings: Map<AnyAction, Finding> | undefined = undefined
  /** Its client request token, as the coordinator knows it. */
  token: string | undefined = undefined
  /** The request whose token it has that had not ended. */
  inProgress: ExplainedHolder | undefined = undefined

  constructor(operation: string, startMs: number, asked?: PermittedRequest) {
    this.operation = operation
    this.startMs = startMs
    this.asked = asked
  }

  find(action: AnyAction, finding: Finding): void {
    this.findings ??= new Map()
    this.findings.set(action, finding)
  }
}
