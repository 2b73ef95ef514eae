import { noUsage } from '../../capacity/usage.ts'
import { invariant } from '../../invariant.ts'
import { emptyAnswer } from '../../operations/emptyAnswer.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import { requestText } from '../../wire/requestText.ts'
import {
  dryRunOf,
  operationOf,
  type DryRunResult,
  type TransactionInput,
} from '../dryRun/dryRun.ts'
import type { Watch } from './lookout.ts'
import { Sight, type Asker } from './sight.ts'

/**
 * What a transaction would come to, for whoever may make it: the request takes the way of one that
 * is meant, with all its checks and permissions, and is looked at where it would be performed.
 * Rejects with the ApiError that would refuse it, and with a ControlError for no transaction that
 * writes.
 */
export async function dryRunInSight(
  input: TransactionInput,
  { session, store }: Watch,
  asker: Asker | undefined,
): Promise<DryRunResult> {
  const target = `DynamoDB_20120810.${operationOf(input)}`
  let found: DryRunResult | undefined
  const performer = {
    async perform(asked: PermittedRequest) {
      found = await dryRunOf(asked, session.watch)
      return { response: emptyAnswer, usage: noUsage }
    },
  }
  const served = store.performedBy(performer).find(target)
  invariant(served !== undefined, `${target} is an operation`)
  const nobody = { requestId: 'dry-run', region: store.services.region, accessKeyId: '' }
  const context: RequestContext = asker?.context ?? nobody
  await served.perform(requestText(input), context)
  invariant(found !== undefined, 'a request that was performed was looked at')
  const sight = new Sight(store, asker)
  const { outcome, positions } = found
  return { outcome, positions: await Promise.all(positions.map((each) => sight.position(each))) }
}
