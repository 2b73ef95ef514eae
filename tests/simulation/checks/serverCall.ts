import type { PlainOperation } from '../../model/operations.ts'
import type { Query, Scan } from '../../model/queries.ts'
import type { Action, SingleWrite } from '../../model/writes.ts'

/** One request that reached a server, as the checks follow it. */
export interface ServerCall {
  /** For people. */
  readonly description: string
  /** What the model knows it by; undefined for what the model does not do, such as CreateTable. */
  readonly operation: PlainOperation | Query | Scan | undefined
  /** What the model answers, once the request's place in the order of all writes is known. */
  expected: object | undefined
  /**
   * What became of its writes: 'refused' when nothing was written, 'done' when something was,
   * 'open' while that is not known.
   */
  effect: 'open' | 'refused' | 'done'
  /** A store that broke refused a write of it: whatever the client is told, it may be there later. */
  isDoubtful: boolean
}

export function newCall(description: string, operation: ServerCall['operation']): ServerCall {
  return { description, operation, expected: undefined, effect: 'open', isDoubtful: false }
}

/** What a single-item write of a request is by itself: the request, or one write of its batch. */
export function singleWriteOf(operation: PlainOperation, index: number): SingleWrite {
  if (operation.kind === 'SingleWrite') return operation
  if (operation.kind !== 'BatchWriteItem')
    throw new Error(`${operation.kind} writes no single item`)
  const writes = operation.writes.flatMap(({ table, requests }) =>
    requests.map((request): Action => ({ ...request, table, showOld: false })),
  )
  const action = writes[index] as Action
  return { kind: 'SingleWrite', action, returnValues: 'NONE', capacity: 'NONE', metrics: false }
}
