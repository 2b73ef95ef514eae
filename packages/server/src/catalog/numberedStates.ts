import type { Snapshot } from '../storage/engine.ts'
import { decodeCounter } from '../commits/counters.ts'
import { numbersOf, unusedNumber, type NumberedState } from '../schema/openTable.ts'
import { backfillKey, tableCounterKey } from '../layout/storeKeys.ts'
import type { TableRecord } from '../schema/tableRecord.ts'

/**
 * What the store holds under the numbers of tables and of what they have, as far as it holds
 * anything, by number; one round of reading for all of them.
 */
export async function readNumberedStates(
  snapshot: Pick<Snapshot, 'getMany'>,
  records: readonly TableRecord[],
): Promise<(number: number) => NumberedState> {
  const numbers = records.flatMap(numbersOf)
  const counters = await snapshot.getMany(numbers.map(tableCounterKey))
  const positions = await snapshot.getMany(numbers.map(backfillKey))
  const states = new Map<number, NumberedState>()
  numbers.forEach((number, i) => {
    const counter = counters[i]
    states.set(number, {
      counterValues: counter === undefined ? [0, 0] : decodeCounter(counter),
      backfillPosition: positions[i],
    })
  })
  return (number) => states.get(number) ?? unusedNumber
}
