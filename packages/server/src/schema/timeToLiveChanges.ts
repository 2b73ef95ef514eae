import type { TableRecord } from './tableRecord.ts'

/** The record with time to live enabled on an attribute; its order is to be filled. */
export function withTimeToLive(
  record: TableRecord,
  { attributeName, orderNumber }: { readonly attributeName: string; readonly orderNumber: number },
  changedAtMs: number,
): TableRecord {
  const order = { attributeName, orderNumber, filling: true } as const
  return { ...record, timeToLive: { changedAtMs, order } }
}

export function withoutTimeToLive(record: TableRecord, changedAtMs: number): TableRecord {
  return { ...record, timeToLive: { changedAtMs } }
}

/** The record with all entries of this order there; another order stays as it is. */
export function withFilledOrder(record: TableRecord, number: number): TableRecord {
  const { timeToLive } = record
  const order = timeToLive?.order
  if (timeToLive === undefined || order?.orderNumber !== number) return record
  const { filling: _done, ...filled } = order
  return { ...record, timeToLive: { ...timeToLive, order: filled } }
}
