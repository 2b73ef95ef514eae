import { tableInUse } from '../../errors/tableErrors.ts'
import {
  timeToLiveAlready,
  timeToLiveChangedLately,
  timeToLiveOnOtherAttribute,
} from '../../errors/timeToLiveErrors.ts'
import { timeToLiveIntervalMs } from '../../limits.ts'
import type { TableRecord } from '../../schema/tableRecord.ts'
import { withoutTimeToLive, withTimeToLive } from '../../schema/timeToLiveChanges.ts'
import { namedTable } from '../namedResources.ts'
import { unmetered, type Operation } from '../operation.ts'
import type { Services } from '../services.ts'

export interface TimeToLiveSpecification {
  readonly Enabled: boolean
  readonly AttributeName: string
}

export interface UpdateTimeToLiveRequest {
  readonly TableName: string
  readonly TimeToLiveSpecification: TimeToLiveSpecification
}

/**
 * UpdateTimeToLive: enabled, or disabled, as soon as the answer is sent, which is the specification
 * itself. Any name of an attribute is taken, that of a key too (behaviour digest 5).
 */
export async function updateTimeToLive(
  { catalog, clock }: Pick<Services, 'catalog' | 'clock'>,
  request: UpdateTimeToLiveRequest,
): Promise<object> {
  const { TimeToLiveSpecification: specification } = request
  const { AttributeName: attributeName, Enabled: isEnabled } = specification
  const table = catalog.tableForControl(request.TableName)
  await catalog.amendNumbered(table, (before, nextNumber) => {
    const nowMs = clock.nowMs()
    checkChange(before, specification, nowMs)
    if (isEnabled) {
      const order = { attributeName, orderNumber: nextNumber() }
      return { revise: (record) => withTimeToLive(record, order, nowMs), dropped: [] }
    }
    const { order } = before.timeToLive ?? {}
    return {
      revise: (record) => withoutTimeToLive(record, nowMs),
      dropped: order === undefined ? [] : [order.orderNumber],
    }
  })
  return { TimeToLiveSpecification: { Enabled: isEnabled, AttributeName: attributeName } }
}

/** What is asked for is judged before how long ago the last change was. */
function checkChange(
  { status, tableName, timeToLive }: TableRecord,
  { Enabled: isEnabled, AttributeName: attributeName }: TimeToLiveSpecification,
  nowMs: number,
): void {
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'DELETING') throw tableInUse('deleted', tableName)
  const current = timeToLive?.order?.attributeName
  if (current !== undefined && current !== attributeName) {
    throw timeToLiveOnOtherAttribute(current)
  }
  if (isEnabled && current !== undefined) throw timeToLiveAlready('enabled')
  if (!isEnabled && current === undefined) throw timeToLiveAlready('disabled')
  if (timeToLive !== undefined && nowMs < timeToLive.changedAtMs + timeToLiveIntervalMs) {
    throw timeToLiveChangedLately()
  }
}

export const updateTimeToLiveOperation: Operation<UpdateTimeToLiveRequest> = {
  name: 'UpdateTimeToLive',
  access: 'control',
  resources: namedTable,
  handler: unmetered(updateTimeToLive),
}
