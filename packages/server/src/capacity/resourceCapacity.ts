import type { BillingMode, OnDemandThroughput, TableRecord } from '../schema/tableRecord.ts'
import { warmUnits } from '../schema/warmUnits.ts'

export type CapacityKind = 'read' | 'write'

/** What a table or a global index may serve of one kind, in units for each second. */
export type ResourceCapacity =
  | { readonly mode: 'PROVISIONED'; readonly unitsPerSecond: number }
  | {
      readonly mode: 'PAY_PER_REQUEST'
      /** What it is prepared for whatever it has served so far. */
      readonly warmUnitsPerSecond: number
      /** The maximum that its owner has set; undefined without one. */
      readonly maxUnitsPerSecond: number | undefined
    }

/** The members of a record that say what a table, or one of its global indexes, may serve. */
type CapacityRecord = Pick<TableRecord, 'throughput' | 'onDemandThroughput' | 'warmThroughput'>

/** An index has the billing mode of its table. */
export function capacityOf(
  mode: BillingMode,
  { throughput, onDemandThroughput, warmThroughput }: CapacityRecord,
  kind: CapacityKind,
): ResourceCapacity {
  const isRead = kind === 'read'
  if (mode === 'PROVISIONED') {
    const { readCapacityUnits, writeCapacityUnits } = throughput
    return { mode, unitsPerSecond: isRead ? readCapacityUnits : writeCapacityUnits }
  }
  const warm = warmUnits(mode, throughput, warmThroughput)
  return {
    mode,
    warmUnitsPerSecond: isRead ? warm.ReadUnitsPerSecond : warm.WriteUnitsPerSecond,
    maxUnitsPerSecond: maximumOf(onDemandThroughput, isRead),
  }
}

/** A limit that older stores hold as -1 is none. */
function maximumOf(limits: OnDemandThroughput | undefined, isRead: boolean): number | undefined {
  const limit = isRead ? limits?.MaxReadRequestUnits : limits?.MaxWriteRequestUnits
  return limit === -1 ? undefined : limit
}
