import type { StorageEngine } from '../storage/engine.ts'
import type { InvalidAction, WriteAction } from './writePlan.ts'

/** What an item is thought to have whose length the engine does not know without reading it. */
const assumedBytes = 64 * 1024
/** The stored text, the attributes read from it, and both again after the write. */
const formsOfItem = 4
/** The record of the change has both images once more. */
const formsOfRecord = 2
const perAction = 1024

/** About how many bytes the images of a write will have in memory, before anything is read. */
export function neededBytes(
  engine: StorageEngine,
  actions: readonly (WriteAction | InvalidAction)[],
): number {
  let sum = 0
  for (const action of actions) {
    if ('invalid' in action) continue
    const { table, rowKey, change } = action
    const stored = engine.lengthOf === undefined ? assumedBytes : (engine.lengthOf(rowKey) ?? 0)
    const put = change.kind === 'Put' ? change.image.sizeBytes : 0
    const forms = formsOfItem + (table.stream === undefined ? 0 : formsOfRecord)
    sum += perAction + forms * Math.max(stored, put)
  }
  return sum
}
