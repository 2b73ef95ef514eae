import { ApiError, modelledKind, type ErrorKind } from './apiError.ts'

/*
 * Texts of throttling (behaviour digest 4.6; those of transactions are the same, 1.5).
 */

/** One limit that was met, with the ARN of the table or index that it is of (model). */
export interface ThrottlingReason {
  /** Such as `TableWriteProvisionedThroughputExceeded`. */
  readonly reason: string
  readonly resource: string
}

/** Why one item, or one page, was throttled; there is a reason at least. */
export interface Refusal {
  /** How the table is billed. */
  readonly mode: 'PROVISIONED' | 'PAY_PER_REQUEST'
  readonly reasons: readonly ThrottlingReason[]
}

/** An error about throttling; there is a refusal for each item that was throttled. */
export class Throttled extends ApiError {
  readonly refusals: readonly Refusal[]

  constructor(
    { kind, message, members }: Pick<ApiError, 'kind' | 'message' | 'members'>,
    refusals: readonly Refusal[],
  ) {
    super(kind, message, { ...members })
    this.refusals = refusals
  }
}

const provisionedKind = modelledKind('ProvisionedThroughputExceededException')
const onDemandKind: ErrorKind = {
  name: 'ThrottlingException',
  namespace: 'com.amazon.coral.availability',
  statusCode: 400,
  messageMember: 'message',
}

const provisionedTexts = {
  table:
    'The level of configured provisioned throughput for the table was exceeded. Consider ' +
    'increasing your provisioning level with the UpdateTable API.',
  index:
    'The level of configured provisioned throughput for one or more global secondary indexes of ' +
    'the table was exceeded. Consider increasing your provisioning level for the ' +
    'under-provisioned global secondary indexes with the UpdateTable API.',
} as const

const onDemandTexts = {
  table:
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically ' +
    'scaling your table or index so please try again shortly. If exceptions persist, check if ' +
    'you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/' +
    'bp-partition-key-design.html',
  index:
    'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB ' +
    'is automatically scaling your index so please try again shortly.',
  maximum: 'Throughput exceeds the maximum OnDemandThroughput configured on table or index',
  quota:
    'Throughput exceeds the current throughput quota for your account. Please contact Amazon Web ' +
    'Services Support to request a quota increase.',
} as const

/** The text of a refusal: that of its first reason. */
function textOf({ mode, reasons }: Refusal): string {
  const reason = reasons[0]?.reason ?? ''
  const owner = reason.startsWith('Index') ? 'index' : 'table'
  if (mode === 'PROVISIONED') return provisionedTexts[owner]
  if (reason.endsWith('MaxOnDemandThroughputExceeded')) return onDemandTexts.maximum
  if (reason.endsWith('AccountLimitExceeded')) return onDemandTexts.quota
  return onDemandTexts[owner]
}

/** The request is throttled; with several items, all of them are, and the first gives the text. */
export function throttled(refusals: readonly Refusal[]): Throttled {
  const [first] = refusals as readonly [Refusal]
  const reasons = refusals.flatMap((refusal) => refusal.reasons)
  const distinct = reasons.filter(
    ({ reason, resource }, i) =>
      reasons.findIndex((each) => each.reason === reason && each.resource === resource) === i,
  )
  const isProvisioned = first.mode === 'PROVISIONED'
  const members = isProvisioned ? { ThrottlingReasons: distinct } : { throttlingReasons: distinct }
  const kind = isProvisioned ? provisionedKind : onDemandKind
  return new Throttled({ kind, message: textOf(first), members }, refusals)
}

/** What is told of an item that was throttled where others of the request have answers. */
export function throttlingOfItem(refusal: Refusal): {
  readonly Code: 'ProvisionedThroughputExceeded' | 'ThrottlingError'
  readonly Message: string
} {
  const Code = refusal.mode === 'PROVISIONED' ? 'ProvisionedThroughputExceeded' : 'ThrottlingError'
  return { Code, Message: textOf(refusal) }
}
