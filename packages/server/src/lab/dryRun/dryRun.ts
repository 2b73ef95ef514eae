import { invalidControl } from '../../errors/controlErrors.ts'
import { explainCondition } from '../../expressions/explainCondition.ts'
import { namesReadByCondition } from '../../expressions/namesRead.ts'
import { invariant } from '../../invariant.ts'
import { dynamodb } from '../../operations/registry.ts'
import { performed, type PermittedRequest } from '../../operations/performer.ts'
import type { AnyAction } from '../../transactions/writeWatcher.ts'
import { requestText } from '../../wire/requestText.ts'
import type { ExplainedPosition } from '../explanations/explanation.ts'
import type { LabStore } from '../labSession.ts'
import type { RequestWatch } from '../watch/requestWatch.ts'
import { shownAction } from '../watch/shownAction.ts'
import { TrackedRequest } from '../watch/trackedRequest.ts'
import { dryRunGate, DryRunEnd } from './dryRunGate.ts'

/** A request of TransactWriteItems, or one of ExecuteTransaction, as DynamoDB takes it. */
export interface TransactionInput {
  readonly TransactItems?: readonly object[]
  readonly TransactStatements?: readonly object[]
}

/** What a transaction would come to, as things are. */
export interface DryRunResult {
  readonly outcome: 'commits' | 'cancelled'
  /** One for each action. Conditions that hold are explained, too. */
  readonly positions: readonly ExplainedPosition[]
}

/**
 * What a transaction would come to: it is checked and its conditions are evaluated as things are,
 * and nothing is written or claimed. Rejects with the ApiError that would refuse all of it before,
 * and with a ControlError for what is no transaction that writes.
 */
export async function dryRun(
  input: TransactionInput,
  store: () => LabStore,
  watch: RequestWatch,
): Promise<DryRunResult> {
  const name = operationOf(input)
  return dryRunOf(requestOf(name, input, store().services), watch)
}

/** The operation that a transaction is asked by. Throws a ControlError for what is none. */
export function operationOf(input: TransactionInput): 'TransactWriteItems' | 'ExecuteTransaction' {
  if ((input.TransactItems === undefined) === (input.TransactStatements === undefined)) {
    throw invalidControl('A transaction has either TransactItems or TransactStatements.')
  }
  return input.TransactItems === undefined ? 'ExecuteTransaction' : 'TransactWriteItems'
}

/** The same of a request that has been decoded and checked. */
export async function dryRunOf(
  asked: PermittedRequest,
  watch: RequestWatch,
): Promise<DryRunResult> {
  const { services } = asked
  const request = new TrackedRequest('dry run', 0, asked)
  const ended = await watch.run(request, async () => {
    try {
      await performed(asked, { ...services, throttle: dryRunGate })
      return undefined
    } catch (error) {
      if (error instanceof DryRunEnd) return error
      throw error
    }
  })
  if (ended === undefined) throw invalidControl('A transaction that reads has no dry run.')
  const { plan, found } = ended
  const positions = plan.actions.map((action, position): ExplainedPosition => {
    const { Code: code = 'None', Message: message } = found.reasons[position] ?? {}
    const { conflict } = request.findings?.get(action) ?? {}
    return {
      position,
      ...shownAction(action, asked, position),
      code,
      ...(message !== undefined && { message }),
      ...conditionOn(action, position in found.images, found.images[position]),
      ...(conflict !== undefined && { conflict }),
    }
  })
  const isSound = positions.every(({ code }) => code === 'None')
  return { outcome: isSound ? 'commits' : 'cancelled', positions }
}

type Image = NonNullable<DryRunEnd['found']['images'][number]>

function conditionOn(
  action: AnyAction,
  isSeen: boolean,
  image: Image | undefined,
): Pick<ExplainedPosition, 'condition' | 'itemExists'> {
  if (!isSeen || !('change' in action)) return {}
  const { condition } = action
  const itemExists = image !== undefined
  if (condition === undefined) return { itemExists }
  const attributes = image?.attributesOf(() => namesReadByCondition(condition))
  return { itemExists, condition: explainCondition(condition, attributes) }
}

function requestOf(
  name: string,
  input: TransactionInput,
  services: LabStore['services'],
): PermittedRequest {
  const operation = dynamodb.operations.find((each) => each.name === name)
  invariant(operation !== undefined, `${name} is an operation`)
  const text = requestText(input)
  const { codec } = dynamodb
  const request = codec.decode(name, text)
  codec.check(name, request, text.length)
  const context = { requestId: 'dry-run', region: services.region, accessKeyId: '' }
  return { operation, services, request, context }
}
