import { throughputUnchanged, tooManyDecreases, tooManySwitches } from '../../errors/tableErrors.ts'
import { decreasesToday } from '../../schema/tableDescription.ts'
import type { BillingMode, TableRecord, Throughput } from '../../schema/tableRecord.ts'
import { newThroughput, type ProvisionedThroughputParameter } from './capacityChecks.ts'

/** Decreases of one UTC day that may follow each other at once (guide: decreasing throughput). */
const freeDecreasesPerDay = 4
/** Switches from provisioned to on demand in 24 hours (guide: switching capacity modes). */
const switchesPerDay = 4
const decreaseIntervalMs = 60 * 60 * 1000
const dayMs = 24 * decreaseIntervalMs

export interface ThroughputRequest {
  readonly units: ProvisionedThroughputParameter | undefined
  readonly billingModeBefore: BillingMode
  readonly billingMode: BillingMode
  /** Absent for the table itself. */
  readonly indexName?: string
}

/**
 * The throughput of a table or index after an update. Throws when provisioned units would stay as
 * they are, or go down too often in one day.
 */
export function updatedThroughput(
  current: Throughput,
  request: ThroughputRequest,
  nowMs: number,
): Throughput {
  const { units, billingMode, billingModeBefore } = request
  if (billingMode === 'PAY_PER_REQUEST') {
    if (billingModeBefore === 'PAY_PER_REQUEST') return current
    const onDemand = { ...current, readCapacityUnits: 0, writeCapacityUnits: 0 }
    if (request.indexName !== undefined) return onDemand
    // A table shows the switch as its last decrease, and does not count it (behaviour digest 5).
    const decreasesThatDay = decreasesToday(current, nowMs)
    return { ...onDemand, lastDecreaseDateTimeMs: nowMs, decreasesThatDay }
  }
  if (units === undefined) return current
  if (billingModeBefore === 'PAY_PER_REQUEST') return { ...current, ...unitsOf(units) }
  const readChange = units.ReadCapacityUnits - current.readCapacityUnits
  const writeChange = units.WriteCapacityUnits - current.writeCapacityUnits
  if (readChange === 0 && writeChange === 0) throw throughputUnchanged(units, request.indexName)
  const decreases = decreasesToday(current, nowMs)
  const isDecrease = readChange < 0 || writeChange < 0
  if (isDecrease) checkDecreaseAllowed(current, decreases, nowMs)
  return {
    ...current,
    ...unitsOf(units),
    ...((readChange > 0 || writeChange > 0) && { lastIncreaseDateTimeMs: nowMs }),
    ...(isDecrease && { lastDecreaseDateTimeMs: nowMs, decreasesThatDay: decreases + 1 }),
  }
}

function unitsOf(
  units: ProvisionedThroughputParameter,
): Pick<Throughput, 'readCapacityUnits' | 'writeCapacityUnits'> {
  const { readCapacityUnits, writeCapacityUnits } = newThroughput(units)
  return { readCapacityUnits, writeCapacityUnits }
}

/**
 * When a table was switched to on demand in the last 24 hours, once it is again. Throws when it may
 * not be, where `isLimited`.
 */
export function switchesToOnDemand(
  { switchesToOnDemandMs = [] }: Pick<TableRecord, 'switchesToOnDemandMs'>,
  nowMs: number,
  isLimited: boolean,
): readonly number[] {
  const lately = switchesToOnDemandMs.filter((timeMs) => nowMs < timeMs + dayMs)
  const counted = lately.slice(-switchesPerDay)
  const [first] = counted
  if (isLimited && first !== undefined && counted.length === switchesPerDay) {
    throw tooManySwitches(switchesPerDay, counted.at(-1) as number, first + dayMs)
  }
  return [...counted, nowMs].slice(-switchesPerDay)
}

function checkDecreaseAllowed(current: Throughput, decreases: number, nowMs: number): void {
  const lastMs = current.lastDecreaseDateTimeMs
  if (decreases < freeDecreasesPerDay || lastMs === undefined) return
  const midnightMs = (Math.floor(lastMs / dayMs) + 1) * dayMs
  const nextMs = Math.min(lastMs + decreaseIntervalMs, midnightMs)
  if (nowMs < nextMs) throw tooManyDecreases(decreases, lastMs, nextMs)
}
