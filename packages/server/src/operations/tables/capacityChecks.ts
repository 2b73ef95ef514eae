import {
  capacityAboveTableLimit,
  capacityOutOfBounds,
  requestUnitsWhenProvisioned,
  unitsOutOfRange,
} from '../../errors/tableErrors.ts'
import { onDemandWarmUnits } from '../../schema/tableDescription.ts'
import type {
  BillingMode,
  OnDemandThroughput,
  Throughput,
  WarmThroughput,
} from '../../schema/tableRecord.ts'
import { maxTableCapacityUnits } from './accountQuotas.ts'

/** ProvisionedThroughput of a request; the model has checked that both are at least 1. */
export interface ProvisionedThroughputParameter {
  readonly ReadCapacityUnits: number
  readonly WriteCapacityUnits: number
}

export interface OnDemandThroughputParameter {
  readonly MaxReadRequestUnits?: number
  readonly MaxWriteRequestUnits?: number
}

export interface WarmThroughputParameter {
  readonly ReadUnitsPerSecond?: number
  readonly WriteUnitsPerSecond?: number
}

/** Whose capacity is checked: a table's when there is no index name. */
export interface CapacityOwner {
  readonly indexName?: string
  readonly billingMode: BillingMode
}

/** More than any table can have, whatever the account's limits. */
const maxCapacityUnits = 1_000_000_000_000

const capacityMembers = ['ReadCapacityUnits', 'WriteCapacityUnits'] as const
const requestUnitsMembers = ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const
const warmUnitsMembers = ['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const

export function checkCapacityBounds(
  units: ProvisionedThroughputParameter | undefined,
  indexName?: string,
): void {
  if (units === undefined) return
  for (const member of capacityMembers) {
    if (units[member] > maxCapacityUnits)
      throw capacityOutOfBounds(units[member], member, indexName)
  }
}

/** The quota of provisioned units for each table and each index. */
export function checkCapacityQuota(
  units: ProvisionedThroughputParameter | undefined,
  region: string,
): void {
  if (units === undefined) return
  for (const member of capacityMembers) {
    if (units[member] > maxTableCapacityUnits) {
      throw capacityAboveTableLimit(member, region, maxTableCapacityUnits)
    }
  }
}

/**
 * Checks OnDemandThroughput. Units are at least 1; -1, which takes a limit away, only where
 * `removable`.
 */
export function checkOnDemandThroughput(
  units: OnDemandThroughputParameter | undefined,
  { indexName, billingMode }: CapacityOwner,
  removable: boolean,
): void {
  if (units === undefined) return
  for (const member of requestUnitsMembers) {
    const value = units[member]
    if (value === undefined) continue
    if (billingMode === 'PROVISIONED') throw requestUnitsWhenProvisioned(member, indexName)
    const allowed = value >= 1 || (removable && value === -1)
    if (!allowed || value > maxCapacityUnits) throw unitsOutOfRange(member, indexName)
  }
}

/** WarmThroughput can only be raised: `floor` is what the table or index has without it. */
export function checkWarmThroughput(
  units: WarmThroughputParameter | undefined,
  indexName: string | undefined,
  floor: Required<WarmThroughput>,
): void {
  if (units === undefined) return
  for (const member of warmUnitsMembers) {
    const value = units[member]
    if (value === undefined) continue
    if (value < floor[member] || value > maxCapacityUnits) throw unitsOutOfRange(member, indexName)
  }
}

/** What a table or index serves at once by its capacity alone. */
export function warmFloor(
  billingMode: BillingMode,
  units: ProvisionedThroughputParameter | undefined,
): Required<WarmThroughput> {
  if (billingMode === 'PAY_PER_REQUEST') {
    return {
      ReadUnitsPerSecond: onDemandWarmUnits.read,
      WriteUnitsPerSecond: onDemandWarmUnits.write,
    }
  }
  return {
    ReadUnitsPerSecond: units?.ReadCapacityUnits ?? 0,
    WriteUnitsPerSecond: units?.WriteCapacityUnits ?? 0,
  }
}

/**
 * {@link warmFloor} of a table or index that is there already: what it was warmed to counts as
 * well.
 */
export function raisedFloor(
  billingMode: BillingMode,
  throughput: Throughput,
  warm: WarmThroughput | undefined,
): Required<WarmThroughput> {
  const floor = warmFloor(billingMode, {
    ReadCapacityUnits: throughput.readCapacityUnits,
    WriteCapacityUnits: throughput.writeCapacityUnits,
  })
  return {
    ReadUnitsPerSecond: Math.max(floor.ReadUnitsPerSecond, warm?.ReadUnitsPerSecond ?? 0),
    WriteUnitsPerSecond: Math.max(floor.WriteUnitsPerSecond, warm?.WriteUnitsPerSecond ?? 0),
  }
}

/** The throughput of a new table or index; all zero on demand. */
export function newThroughput(units: ProvisionedThroughputParameter | undefined): Throughput {
  return {
    readCapacityUnits: units?.ReadCapacityUnits ?? 0,
    writeCapacityUnits: units?.WriteCapacityUnits ?? 0,
    decreasesThatDay: 0,
  }
}

/** The limits in force after a request for `units`; undefined when none is left. */
export function mergedOnDemandThroughput(
  current: OnDemandThroughput | undefined,
  units: OnDemandThroughputParameter | undefined,
): OnDemandThroughput | undefined {
  const read = units?.MaxReadRequestUnits ?? current?.MaxReadRequestUnits ?? -1
  const write = units?.MaxWriteRequestUnits ?? current?.MaxWriteRequestUnits ?? -1
  if (read === -1 && write === -1) return undefined
  return { MaxReadRequestUnits: read, MaxWriteRequestUnits: write }
}
