import type { BillingMode, Throughput, WarmThroughput } from './tableRecord.ts'

/** What a table or index is prepared to serve at once. */
export type WarmUnits = Required<WarmThroughput>

/**
 * What an on-demand table or index is prepared to serve from the start (guide: warm throughput).
 */
const onDemandUnits: WarmUnits = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000 }

/** What a table or index serves at once by its capacity alone. */
export function capacityUnits(
  billingMode: BillingMode,
  { readCapacityUnits, writeCapacityUnits }: Throughput,
): WarmUnits {
  if (billingMode === 'PAY_PER_REQUEST') return onDemandUnits
  return { ReadUnitsPerSecond: readCapacityUnits, WriteUnitsPerSecond: writeCapacityUnits }
}

/** {@link capacityUnits}, or what the table or index was warmed to before where that is more. */
export function warmUnits(
  billingMode: BillingMode,
  throughput: Throughput,
  warmed: WarmThroughput | undefined,
): WarmUnits {
  const capacity = capacityUnits(billingMode, throughput)
  return {
    ReadUnitsPerSecond: Math.max(capacity.ReadUnitsPerSecond, warmed?.ReadUnitsPerSecond ?? 0),
    WriteUnitsPerSecond: Math.max(capacity.WriteUnitsPerSecond, warmed?.WriteUnitsPerSecond ?? 0),
  }
}
