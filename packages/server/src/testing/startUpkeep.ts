import { InvariantViolation } from '../invariant.ts'
import { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { localLeases } from '../upkeep/leases.ts'
import { startTableUpkeep, type TableUpkeepOptions } from '../upkeep/tableUpkeep.ts'
import { WorkFailures, type WorkListener } from '../upkeep/workFailures.ts'

/** The upkeep of a store that this process has to itself, as the composition starts it. */
export async function startUpkeep(
  options: Omit<TableUpkeepOptions, 'work' | 'sharesTables' | 'coordinator'>,
  listener?: WorkListener,
): Promise<BackgroundWork> {
  const failures = new WorkFailures(listener)
  const work = new BackgroundWork({ clock: options.clock, leases: localLeases, failures })
  const expiryOf = (): never => {
    throw new InvariantViolation('no table has time to live')
  }
  await startTableUpkeep({ ...options, work, sharesTables: false, coordinator: { expiryOf } })
  return work
}
