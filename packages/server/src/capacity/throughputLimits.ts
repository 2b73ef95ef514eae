import type { Clock } from '../clock.ts'
import type { Refusal, ThrottlingReason } from '../errors/throttlingErrors.ts'
import type { Table } from '../schema/table.ts'
import type { TableRecord } from '../schema/tableRecord.ts'
import { warmUnits } from '../schema/warmUnits.ts'
import { capacityOf, type CapacityKind } from './resourceCapacity.ts'
import { ResourceLimits } from './resourceLimits.ts'
import { VectorIndexLimits } from './vectorIndexLimits.ts'

/**
 * Units of a table, its local indexes included, or of one of its global indexes, or bytes of a
 * vector index.
 */
export interface Charge {
  /** The name of a global or vector index; undefined for the table. */
  readonly indexName: string | undefined
  readonly units: number
  /** The hash of the partition key, in the index if it is one's; undefined for several keys. */
  readonly hash: number | undefined
}

/** What a request takes of one table and its indexes for one item, or one page. */
export interface TableCharge {
  readonly table: Table
  readonly kind: CapacityKind
  readonly charges: readonly Charge[]
}

/**
 * What all tables and their global indexes have left of their throughput, by the clock. Nothing of
 * it outlives the process, and several servers of one store know nothing of each other.
 */
export class ThroughputLimits {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  readonly #tables = new WeakMap<Table, TableLimits>()

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  /** Why it cannot be done now; undefined when it can. Takes nothing. */
  refusalOf({ table, kind, charges }: TableCharge): Refusal | undefined {
    const nowMs = this.#clock.monotonicMs()
    const limits = this.#limitsOf(table)
    const reasons: ThrottlingReason[] = []
    for (const { indexName, hash } of charges) {
      const refusing = limits.of(kind, indexName, nowMs)?.refusing(hash, nowMs) ?? []
      for (const name of refusing) {
        const reason = reasonOf(kind, indexName, name)
        const resource = indexName === undefined ? table.arn : `${table.arn}/index/${indexName}`
        const isTold = reasons.some((each) => each.reason === reason && each.resource === resource)
        if (!isTold) reasons.push({ reason, resource })
      }
    }
    return reasons.length === 0 ? undefined : { mode: table.record.billingMode, reasons }
  }

  /** Takes the units whether they are there or not. Negative ones are given back. */
  take({ table, kind, charges }: TableCharge): void {
    const nowMs = this.#clock.monotonicMs()
    const limits = this.#limitsOf(table)
    for (const { indexName, units, hash } of charges) {
      if (units !== 0) limits.of(kind, indexName, nowMs)?.take(units, hash, nowMs)
    }
  }

  /** The record of a table, with what it is prepared for by the traffic that it has had. */
  warmedRecord(table: Table): TableRecord {
    return this.#tables.get(table)?.warmedRecord(this.#clock.monotonicMs()) ?? table.record
  }

  #limitsOf(table: Table): TableLimits {
    let limits = this.#tables.get(table)
    if (limits === undefined) this.#tables.set(table, (limits = new TableLimits(table)))
    return limits
  }
}

function reasonOf(kind: CapacityKind, indexName: string | undefined, limit: string): string {
  const access = kind === 'read' ? 'Read' : 'Write'
  return `${indexName === undefined ? 'Table' : 'Index'}${access}${limit}`
}

type WarmedPart = Pick<TableRecord, 'throughput' | 'warmThroughput'>

/** The limits of one table and its indexes, as its record says that they are. */
class TableLimits {
  readonly #table: Table
  readonly #resources = new Map<string, ResourceLimits>()
  readonly #vectors = new Map<string, VectorIndexLimits>()
  #record: TableRecord

  constructor(table: Table) {
    this.#table = table
    this.#record = table.record
  }

  /** Undefined for an index that is not there any more. */
  of(
    kind: CapacityKind,
    indexName: string | undefined,
    nowMs: number,
  ): ResourceLimits | VectorIndexLimits | undefined {
    if (this.#table.record !== this.#record) this.#follow(nowMs)
    const name = nameOf(kind, indexName)
    const known = this.#resources.get(name) ?? this.#vectors.get(name)
    if (known !== undefined) return known
    const described = recordOf(this.#record, indexName)
    if (described === undefined) return this.#ofVectorIndex(kind, indexName)
    const capacity = capacityOf(this.#record.billingMode, described, kind)
    const limits = new ResourceLimits(kind, capacity, nowMs)
    this.#resources.set(name, limits)
    return limits
  }

  #ofVectorIndex(kind: CapacityKind, indexName: string | undefined): VectorIndexLimits | undefined {
    if (!hasVectorIndex(this.#record, indexName)) return undefined
    const limits = new VectorIndexLimits(kind)
    this.#vectors.set(nameOf(kind, indexName), limits)
    return limits
  }

  warmedRecord(nowMs: number): TableRecord {
    const record = this.#table.record
    if (record.billingMode === 'PROVISIONED') return record
    if (record !== this.#record) this.#follow(nowMs)
    const warmed = <Part extends WarmedPart>(part: Part, indexName?: string): Part => {
      const warmUnitsOf = (kind: CapacityKind): number =>
        this.#resources.get(nameOf(kind, indexName))?.unitsPerSecond(nowMs) ?? 0
      const [read, write] = [warmUnitsOf('read'), warmUnitsOf('write')]
      const warm = warmUnits(record.billingMode, part.throughput, part.warmThroughput)
      if (read <= warm.ReadUnitsPerSecond && write <= warm.WriteUnitsPerSecond) return part
      const warmThroughput = {
        ReadUnitsPerSecond: Math.max(warm.ReadUnitsPerSecond, read),
        WriteUnitsPerSecond: Math.max(warm.WriteUnitsPerSecond, write),
      }
      return { ...part, warmThroughput }
    }
    const globalSecondaryIndexes = record.globalSecondaryIndexes.map((index) =>
      warmed(index, index.indexName),
    )
    return { ...warmed(record), globalSecondaryIndexes }
  }

  #follow(nowMs: number): void {
    const record = this.#table.record
    this.#record = record
    for (const [name, limits] of this.#resources) {
      const { kind, indexName } = partsOf(name)
      const described = recordOf(record, indexName)
      if (described === undefined) this.#resources.delete(name)
      else limits.adopt(capacityOf(record.billingMode, described, kind), nowMs)
    }
    for (const name of this.#vectors.keys()) {
      if (!hasVectorIndex(record, partsOf(name).indexName)) this.#vectors.delete(name)
    }
  }
}

const nameOf = (kind: CapacityKind, indexName = ''): string => `${kind} ${indexName}`

function partsOf(name: string): { kind: CapacityKind; indexName: string | undefined } {
  const [kind, indexName] = name.split(' ') as [CapacityKind, string]
  return { kind, indexName: indexName === '' ? undefined : indexName }
}

function recordOf(
  record: TableRecord,
  indexName: string | undefined,
): Parameters<typeof capacityOf>[1] | undefined {
  if (indexName === undefined) return record
  return record.globalSecondaryIndexes.find((index) => index.indexName === indexName)
}

const hasVectorIndex = (
  { vectorIndexes = [] }: TableRecord,
  indexName: string | undefined,
): boolean => vectorIndexes.some((index) => index.indexName === indexName)
