import type { Snapshot } from '../storage/engine.ts'
import { decodeCounter } from '../commits/counters.ts'
import { indexRecords, type NumberedState } from '../schema/openTable.ts'
import { backfillKey, tableCounterKey } from '../layout/storeKeys.ts'
import type { TableRecord } from '../schema/tableRecord.ts'

/**
 * What the store holds under the numbers of a table and of its indexes, as far as it holds
 * anything.
 */
export async function readNumberedStates(
  snapshot: Snapshot,
  record: TableRecord,
): Promise<Map<number, NumberedState>> {
  const states = new Map<number, NumberedState>()
  const indexNumbers = indexRecords(record).map(({ indexNumber }) => indexNumber)
  for (const number of [record.tableNumber, ...indexNumbers]) {
    const counter = await snapshot.get(tableCounterKey(number))
    states.set(number, {
      counterValues: counter === undefined ? [0, 0] : decodeCounter(counter),
      backfillPosition: await snapshot.get(backfillKey(number)),
    })
  }
  return states
}
