import type { StreamOpening } from '../../catalog/tableStreams.ts'
import {
  streamAlreadyEnabled,
  streamNotEnabled,
  viewTypeMissing,
  viewTypeOfDisabledStream,
} from '../../errors/tableSettingErrors.ts'
import type { StreamSettings, StreamViewType, TableRecord } from '../../schema/tableRecord.ts'

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

/** The stream of a new table, if it is to have one. */
export function newStream(
  specification: StreamSpecificationParameter | undefined,
  openStream: () => StreamOpening,
): StreamSettings | undefined {
  const viewType = specification?.StreamViewType
  return viewType === undefined ? undefined : { viewType, ...openStream() }
}

/**
 * The stream of a table after an update. Its view type cannot be changed: a stream is disabled,
 * then another one, with a label of its own, enabled.
 */
export function updatedStream(
  record: TableRecord,
  specification: StreamSpecificationParameter | undefined,
  openStream: () => StreamOpening,
): StreamSettings | undefined {
  const { stream, tableName } = record
  if (specification === undefined) return stream
  if (!specification.StreamEnabled) {
    if (stream?.viewType === undefined) throw streamNotEnabled(tableName)
    return { latestLabel: stream.latestLabel }
  }
  if (stream?.viewType !== undefined) throw streamAlreadyEnabled(tableName)
  return newStream(specification, openStream)
}

/** A stream as a table shows it that is UPDATING because of it. */
export function changingStream(stream: StreamSettings): StreamSettings {
  return { ...stream, isChanging: true }
}
