import type { ApiError } from '../../errors/apiError.ts'
import { askedError, canceledAt, requestLimitExceeded, saying } from '../../errors/faultErrors.ts'
import { throttled, type Refusal } from '../../errors/throttlingErrors.ts'
import type { CancellationReason } from '../../errors/transactionErrors.ts'
import { namesOf } from '../../operations/namedResources.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import type { Table } from '../../schema/table.ts'
import { modelledError } from '../knownOperations.ts'
import { actionCount, type ActingFault } from './faults.ts'
import type { FaultError } from './faultRule.ts'

/** The error that a rule has for a request, in the shape that DynamoDB would give it. */
export function errorOfFault(
  error: FaultError,
  { keys }: ActingFault,
  asked: PermittedRequest,
): ApiError {
  const { name, message } = error
  const refusal = refusalOf(error, keys[0]?.table, asked)
  const built = builtError(error, keys, { asked, refusal })
  if (built !== undefined) return message === undefined ? built : saying(built, message)
  const { isFault = false, messageMember = 'message' } = modelledError(name) ?? {}
  return askedError({ name, isFault, messageMember, message })
}

/** Those that say more than their text; undefined for all others. */
function builtError(
  { name, code = 'TransactionConflict', positions }: FaultError,
  keys: ActingFault['keys'],
  { asked, refusal }: { readonly asked: PermittedRequest; readonly refusal: Refusal },
): ApiError | undefined {
  switch (name) {
    case 'ProvisionedThroughputExceededException':
      return throttled([{ ...refusal, mode: 'PROVISIONED' }])
    case 'ThrottlingException':
      return throttled([{ ...refusal, mode: 'PAY_PER_REQUEST' }])
    case 'RequestLimitExceeded':
      return requestLimitExceeded(refusal)
    case 'TransactionCanceledException': {
      const named = keys.length === 0 ? [0] : keys.map(({ position }) => position)
      const count = actionCount(asked.request)
      return canceledAt(count, positions ?? named, code as CancellationReason['Code'], refusal)
    }
    default:
      return undefined
  }
}

/** Why one item is throttled: what the rule says, or what fits the operation and its table. */
export function refusalOf(
  { name, reasons, index, code }: Partial<FaultError>,
  table: Table | undefined,
  { operation, request, services }: PermittedRequest,
): Refusal {
  const [first] = namesOf(operation.resources(request as never))
  const meant = table ?? (first === undefined ? undefined : services.catalog.find(first))
  const arn = meant?.arn ?? first ?? '*'
  const resource = index === undefined ? arn : `${arn}/index/${index}`
  const mode = meant?.record.billingMode ?? 'PAY_PER_REQUEST'
  const isProvisioned =
    name === 'ProvisionedThroughputExceededException' ||
    code === 'ProvisionedThroughputExceeded' ||
    (name === undefined && mode === 'PROVISIONED')
  const owner = index === undefined ? 'Table' : 'Index'
  const access = operation.access === 'read' ? 'Read' : 'Write'
  const limit = isProvisioned ? 'ProvisionedThroughputExceeded' : 'KeyRangeThroughputExceeded'
  const told = reasons ?? [
    name === 'RequestLimitExceeded'
      ? `${owner}${access}AccountLimitExceeded`
      : `${owner}${access}${limit}`,
  ]
  return { mode, reasons: told.map((reason) => ({ reason, resource })) }
}
