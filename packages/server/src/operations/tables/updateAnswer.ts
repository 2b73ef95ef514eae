import { describeTableWarmth } from '../../schema/tableDescription.ts'
import type { TableRecord } from '../../schema/tableRecord.ts'
import { shownOnDemandThroughput } from './capacityChecks.ts'
import { billingModeOf } from './tableCreation.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'

type Description = Readonly<Record<string, unknown>>

/**
 * What UpdateTable answers: `description` of the table under change, but with the warm throughput
 * that it had before, with the limits that the request took away, and with an encryption under way
 * (behaviour digest 5).
 */
export function answerOf(
  description: Description,
  request: UpdateTableRequest,
  { before, after }: { readonly before: TableRecord; readonly after: TableRecord },
): Description {
  const limits = shownOnDemandThroughput(after.onDemandThroughput, request.OnDemandThroughput)
  const warmed =
    request.WarmThroughput !== undefined && after.warmThroughput !== before.warmThroughput
  return {
    ...description,
    ...(isRepeatedOnDemand(request, before) && { TableStatus: 'UPDATING' }),
    ...(limits !== undefined && { OnDemandThroughput: limits }),
    WarmThroughput: {
      ...describeTableWarmth(before),
      ...(warmed && { Status: 'UPDATING' }),
    },
    ...(request.SSESpecification !== undefined && encryptionUnderWay(before, after)),
  }
}

/** PAY_PER_REQUEST for a table that has it: AWS says UPDATING, although nothing happens. */
function isRepeatedOnDemand(request: UpdateTableRequest, before: TableRecord): boolean {
  const repeated = billingModeOf(request) === 'PAY_PER_REQUEST'
  return repeated && before.billingMode === 'PAY_PER_REQUEST'
}

function encryptionUnderWay(before: TableRecord, after: TableRecord): Description {
  const keyArn = after.kmsMasterKeyArn ?? before.kmsMasterKeyArn
  return { SSEDescription: { Status: 'UPDATING', SSEType: 'KMS', KMSMasterKeyArn: keyArn } }
}
