import {
  streamAlreadyEnabled,
  streamNotEnabled,
  viewTypeMissing,
  viewTypeOfDisabledStream,
} from '../../errors/tableSettingErrors.ts'
import type { StreamSettings, StreamViewType, TableRecord } from '../../schema/tableRecord.ts'
import type { Services } from '../services.ts'

export interface StreamSpecificationParameter {
  readonly StreamEnabled: boolean
  readonly StreamViewType?: StreamViewType
}

/** Checks what can be said of a stream specification without its table. */
export function checkStreamSpecification(
  specification: StreamSpecificationParameter | undefined,
  change: 'created' | 'updated',
): void {
  if (specification === undefined) return
  const { StreamEnabled: enabled, StreamViewType: viewType } = specification
  if (enabled && viewType === undefined) throw viewTypeMissing(change)
  if (!enabled && viewType !== undefined) throw viewTypeOfDisabledStream(change)
}

/** Tells the operator of a stream that a table was given: nothing is recorded in it. */
export function noticeStream(
  notify: Services['notify'],
  specification: StreamSpecificationParameter | undefined,
  tableName: string,
): void {
  if (specification?.StreamEnabled === true) notify({ kind: 'streamWithoutRecords', tableName })
}

/** The stream of a new table, if it is to have one. */
export function newStream(
  specification: StreamSpecificationParameter | undefined,
  nowMs: number,
): StreamSettings | undefined {
  const viewType = specification?.StreamViewType
  return viewType === undefined ? undefined : { viewType, latestLabel: labelOf(nowMs) }
}

/**
 * The stream of a table after an update. Its view type cannot be changed: a stream is disabled,
 * then another one, with a label of its own, enabled.
 */
export function updatedStream(
  record: TableRecord,
  specification: StreamSpecificationParameter | undefined,
  nowMs: number,
): StreamSettings | undefined {
  const { stream, tableName } = record
  if (specification === undefined) return stream
  if (!specification.StreamEnabled) {
    if (stream?.viewType === undefined) throw streamNotEnabled(tableName)
    return { latestLabel: stream.latestLabel }
  }
  if (stream?.viewType !== undefined) throw streamAlreadyEnabled(tableName)
  return newStream(specification, timeOfNewLabel(stream, nowMs))
}

const labelOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, -1)

/**
 * No two streams of a table share a label, even when one follows the other within a millisecond.
 */
function timeOfNewLabel(stream: StreamSettings | undefined, nowMs: number): number {
  if (stream === undefined) return nowMs
  return Math.max(nowMs, Date.parse(`${stream.latestLabel}Z`) + 1)
}
