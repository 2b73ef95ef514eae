import {
  capacityAboveTableLimit,
  capacityOutOfBounds,
  requestUnitsAboveQuota,
  requestUnitsWhenProvisioned,
  requestUnitsWhenProvisionedInUpdate,
  unitsOutOfRange,
  warmUnitsTooLow,
  type WarmFloorReason,
} from '../../errors/tableErrors.ts'
import { maxTableCapacityUnits } from '../../limits.ts'
import type { BillingMode, OnDemandThroughput, Throughput } from '../../schema/tableRecord.ts'
import type { WarmUnits } from '../../schema/warmUnits.ts'

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
      throw capacityAboveTableLimit(units[member], member, region, maxTableCapacityUnits)
    }
  }
}

/** The quota of request units for each table and each index on demand. */
export function checkOnDemandQuota(
  units: OnDemandThroughputParameter | undefined,
  region: string,
  indexName?: string,
): void {
  for (const member of requestUnitsMembers) {
    if ((units?.[member] ?? 0) > maxTableCapacityUnits) {
      throw requestUnitsAboveQuota(member, region, indexName)
    }
  }
}

/** Checks OnDemandThroughput of a new table or index: units are at least 1. */
export function checkNewOnDemandThroughput(
  units: OnDemandThroughputParameter | undefined,
  owner: CapacityOwner,
): void {
  checkRequestUnits(units, owner, requestUnitsWhenProvisioned, () => false)
}

/**
 * Checks OnDemandThroughput of a table or index that is there: units are at least 1, and -1 takes a
 * limit away.
 */
export function checkOnDemandThroughput(
  units: OnDemandThroughputParameter | undefined,
  owner: CapacityOwner,
): void {
  checkRequestUnits(units, owner, requestUnitsWhenProvisionedInUpdate, (value) => value === -1)
}

function checkRequestUnits(
  units: OnDemandThroughputParameter | undefined,
  { indexName, billingMode }: CapacityOwner,
  whenProvisioned: typeof requestUnitsWhenProvisioned,
  isUnlimited: (value: number) => boolean,
): void {
  for (const member of requestUnitsMembers) {
    const value = units?.[member]
    if (value === undefined) continue
    if (billingMode === 'PROVISIONED') throw whenProvisioned(member, indexName)
    const isInRange = value >= 1 && value <= maxCapacityUnits
    if (!isInRange && !isUnlimited(value)) throw unitsOutOfRange(member, indexName)
  }
}

/** WarmThroughput is at least `floor`, for the reason given. */
export function checkWarmThroughput(
  units: WarmThroughputParameter | undefined,
  indexName: string | undefined,
  floor: WarmUnits,
  reason: WarmFloorReason,
): void {
  for (const member of warmUnitsMembers) {
    const value = units?.[member]
    if (value === undefined) continue
    if (value < floor[member]) throw warmUnitsTooLow(member, reason, indexName)
    if (value > maxCapacityUnits) throw unitsOutOfRange(member, indexName)
  }
}

/** Why a new table or index cannot be colder than its capacity makes it. */
export function newWarmFloorReason(billingMode: BillingMode): WarmFloorReason {
  return billingMode === 'PAY_PER_REQUEST' ? 'initial' : 'provisioned'
}

/** The throughput of a new table or index; all zero on demand. */
export function newThroughput(units: ProvisionedThroughputParameter | undefined): Throughput {
  return {
    readCapacityUnits: units?.ReadCapacityUnits ?? 0,
    writeCapacityUnits: units?.WriteCapacityUnits ?? 0,
    decreasesThatDay: 0,
  }
}

/**
 * The limits in force after a request for `units`, where -1 is none; undefined when none is left.
 */
export function mergedOnDemandThroughput(
  current: OnDemandThroughput | undefined,
  units: OnDemandThroughputParameter | undefined,
): OnDemandThroughput | undefined {
  const merged = { ...current, ...units }
  const limits = requestUnitsMembers.flatMap((member) => {
    const limit = merged[member]
    return limit === undefined || limit === -1 ? [] : [[member, limit] as const]
  })
  return limits.length === 0 ? undefined : Object.fromEntries(limits)
}

/** OnDemandThroughput as the answer to a request for `units` shows it: with what it took away. */
export function shownOnDemandThroughput(
  after: OnDemandThroughput | undefined,
  units: OnDemandThroughputParameter | undefined,
): OnDemandThroughput | undefined {
  const removed = requestUnitsMembers.filter((member) => units?.[member] === -1)
  if (after === undefined && removed.length === 0) return undefined
  return { ...after, ...Object.fromEntries(removed.map((member) => [member, -1])) }
}
