import { consumedCapacity, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfItem, readUnitsOfPage } from '../../capacity/readCapacity.ts'
import { sumOfUnits, unitsOfTable, type TableUsage, type Units } from '../../capacity/usage.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import { selectedOf } from '../../reads/readPage.ts'
import { readRanges, type RangesPlan } from '../../reads/readRanges.ts'
import type { Answer } from '../operation.ts'
import type { Services } from '../services.ts'
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

/** The item of one row: what GetItem does, at once when the store answers at once. */
export function readSingleRow(
  services: Services,
  request: SelectParameters,
  plan: NamedPlan,
  rowKey: Buffer,
): Answer | Promise<Answer> {
  const answer = (image: ItemImage | undefined): Answer => {
    const units = unitsOfTable(readUnitsOfItem(image?.sizeBytes ?? 0, request.ConsistentRead))
    const items = image === undefined ? [] : selectedOf(plan.selection, image)
    return answerOf(request, usageOf(plan, units), items)
  }
  const image = services.coordinator.read(rowKey)
  return image instanceof Promise ? image.then(answer) : answer(image)
}

/** One page of a SELECT: items of its ranges until the page is full by its Limit or 1 MB. */
export async function readSelect(
  services: Services,
  request: SelectParameters,
  plan: NamedPlan,
): Promise<Answer> {
  const { index, table } = plan.target
  const { tableId } = table.record
  const { NextToken, ConsistentRead, Limit } = request
  const start =
    NextToken === undefined ? { range: 0 } : decodeNextToken(NextToken, request, tableId)
  const { pages, next } = await readRanges(services, plan, Limit, start)
  const units = sumOfUnits(pages.map((page) => readUnitsOfPage(index, page, ConsistentRead)))
  const items = pages.flatMap((page) => page.items)
  const token = next === undefined ? undefined : encodeNextToken(request, tableId, next)
  return answerOf(request, usageOf(plan, units), items, token)
}

function usageOf({ name, target }: NamedPlan, units: Units): TableUsage {
  return { name, table: target.table, kind: 'read', units }
}

function answerOf(
  { ReturnConsumedCapacity }: SelectParameters,
  usage: TableUsage,
  Items: readonly object[],
  NextToken?: string,
): Answer {
  const ConsumedCapacity = consumedCapacity(ReturnConsumedCapacity, usage)
  return { response: { Items, NextToken, ConsumedCapacity }, usage: [usage] }
}
