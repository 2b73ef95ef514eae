import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfItem, readUnitsOfPage } from '../../capacity/readCapacity.ts'
import { sumOfUnits, unitsOfTable, type TableUsage } from '../../capacity/usage.ts'
import { unreadableNextToken } from '../../errors/statementErrors.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import type { Selection } from '../../reads/projection.ts'
import { selectedOf } from '../../reads/readPage.ts'
import { hashOfRange } from '../../reads/rangeHash.ts'
import {
  canBeginAt,
  readRanges,
  type RangesPlan,
  type RangesPosition,
} from '../../reads/readRanges.ts'
import type { Table } from '../../schema/table.ts'
import type { Answer } from '../operation.ts'
import { readerOf } from '../readConsistency.ts'
import type { Services } from '../services.ts'
import { readItem } from '../throughput/singleItems.ts'
import { decodeNextToken, encodeNextToken } from './nextToken.ts'
import type { StatementParameters } from './statementParameters.ts'

/** The members of a request that reads pages by a statement. */
export interface SelectParameters extends StatementParameters {
  readonly ConsistentRead?: boolean
  readonly NextToken?: string
  readonly Limit?: number
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** A SELECT of the table with this name. */
export interface NamedPlan extends RangesPlan {
  /** Name or ARN, as the statement has it. */
  readonly name: string
}

/** What a SELECT of one item gives of it. */
export interface SingleRead {
  /** Name or ARN of the table, as the statement has it. */
  readonly name: string
  readonly table: Table
  readonly selection: Pick<Selection, 'filter' | 'projection'>
}

/** The item of one row: what GetItem does, at once when the store answers at once. */
export function readSingleRow(
  services: Services,
  request: SelectParameters,
  { name, table, selection }: SingleRead,
  rowKey: Buffer,
): Answer | Promise<Answer> {
  const answer = (image: ItemImage | undefined): Answer => {
    const units = unitsOfTable(readUnitsOfItem(image?.sizeBytes ?? 0, request.ConsistentRead))
    const items = image === undefined ? [] : selectedOf(selection, image)
    return answerOf(request, { name, table, kind: 'read', units }, items)
  }
  const image = readItem(services, { table, rowKey }, request.ConsistentRead)
  return image instanceof Promise ? image.then(answer) : answer(image)
}

/** One page of a SELECT: items of its ranges until the page is full by its Limit or 1 MB. */
export async function readSelect(
  services: Services,
  request: SelectParameters,
  plan: NamedPlan,
): Promise<Answer> {
  const { tableId } = plan.target.table.record
  const { NextToken } = request
  const start =
    NextToken === undefined ? { range: 0 } : decodeNextToken(NextToken, request, tableId)
  if (NextToken !== undefined && !canBeginAt(plan, start)) throw unreadableNextToken()
  const { throttle } = services
  if (throttle === undefined) return readRangesFrom(services, request, plan, start)
  const [only, ...others] = plan.ranges
  const hash = only === undefined || others.length > 0 ? undefined : hashOfRange(only)
  const place = { ...plan.target, hash, consistentRead: request.ConsistentRead }
  return throttle.read(place, () => readRangesFrom(services, request, plan, start))
}

async function readRangesFrom(
  services: Services,
  request: SelectParameters,
  plan: NamedPlan,
  start: RangesPosition,
): Promise<Answer> {
  const { index, table } = plan.target
  const { ConsistentRead, Limit } = request
  const reader = readerOf(services, ConsistentRead)
  const { clock } = services
  const { pages, next } = await readRanges({ reader, clock }, plan, Limit, start)
  const volumes = pages.length === 0 ? [emptyPage] : pages
  const units = sumOfUnits(volumes.map((page) => readUnitsOfPage(index, page, ConsistentRead)))
  const items = pages.flatMap((page) => page.items)
  const token =
    next === undefined ? undefined : encodeNextToken(request, table.record.tableId, next)
  return answerOf(request, { name: plan.name, table, kind: 'read', units }, items, token)
}

/** What a condition that no key can meet makes the statement pay for. */
const emptyPage = { sizeBytes: 0, fetchedUnits: 0 }

function answerOf(
  { ReturnConsumedCapacity }: SelectParameters,
  usage: TableUsage,
  Items: readonly object[],
  NextToken?: string,
): Answer {
  const ConsumedCapacity = consumedCapacity(ReturnConsumedCapacity, usage)
  return { response: { Items, NextToken, ConsumedCapacity }, usage: [usage] }
}
